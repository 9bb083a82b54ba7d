import { int32, listOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { at, type Faults } from '../validation/index.ts';

export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

export const elasticSchedule = object(
  {
    name: required(string('Name of the schedule.')),
    days: listOf(oneOf(weekdays, 'A day of the week.'), 'Days on which it begins; every day by default.'),
    from: required(string('When it begins, such as 08:00.')),
    until: required(string('When it ends; before `from` it is on the next day.')),
    timeZone: string('Such as Europe/Berlin; UTC by default.'),
    minReplicas: int32('Fewest machines meanwhile.', { minimum: 0 }),
    maxReplicas: int32('Most machines meanwhile.', { minimum: 0 }),
  },
  'A time of the week with bounds of its own.',
);
export type ElasticScheduleSpec = Static<typeof elasticSchedule>;

export function validateElasticSchedule(schedule: ElasticScheduleSpec, path: string, faults: Faults): void {
  const { name, days } = schedule;
  if (name === '') faults.required(at(path, 'name'));
  if (days?.length === 0) faults.invalid(at(path, 'days'), days, 'must name a day; without it every day counts');
  faults.distinct(
    days ?? [],
    (day) => day,
    (index) => at(path, 'days', index),
  );
  for (const field of ['from', 'until'] as const) {
    if (!CLOCK.test(schedule[field])) faults.invalid(at(path, field), schedule[field], 'must be a time such as 08:00');
  }
  if (schedule.from === schedule.until) faults.invalid(at(path, 'until'), schedule.until, 'must differ from `from`');
  const { timeZone, minReplicas, maxReplicas } = schedule;
  if (timeZone !== undefined && !isTimeZone(timeZone))
    faults.invalid(at(path, 'timeZone'), timeZone, 'must be a time zone such as Europe/Berlin');
  if (minReplicas === undefined && maxReplicas === undefined)
    faults.required(at(path, 'minReplicas'), 'a schedule sets minReplicas, maxReplicas or both');
  if (minReplicas !== undefined && maxReplicas !== undefined && maxReplicas < minReplicas)
    faults.invalid(at(path, 'maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`');
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

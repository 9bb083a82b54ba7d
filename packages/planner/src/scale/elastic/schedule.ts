/** A time of the week with bounds of its own. */
export interface Schedule {
  readonly name: string;
  /** 0 is Sunday; none: every day. */
  readonly days?: readonly number[];
  /** Minutes of the day. An end before the start lies on the next day. */
  readonly from: number;
  readonly until: number;
  /** IANA name of the time zone. */
  readonly timeZone: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

const MINUTES_A_DAY = 1440;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Bounds at an instant: of schedules that are on, a later one goes before an earlier one. */
export function boundsAt(usual: Bounds, schedules: readonly Schedule[], nowMs: number): Bounds & { schedule?: string } {
  const on = schedules.filter((schedule) => isOn(schedule, nowMs)).at(-1);
  if (!on) return usual;
  const minimum = on.minimum ?? usual.minimum;
  return { minimum, maximum: Math.max(minimum, on.maximum ?? usual.maximum), schedule: on.name };
}

function isOn({ days, from, until, timeZone }: Schedule, nowMs: number): boolean {
  const { day, minute } = localTime(nowMs, timeZone);
  const isDay = (wanted: number) => days === undefined || days.length === 0 || days.includes((wanted + 7) % 7);
  if (from < until) return isDay(day) && minute >= from && minute < until;
  return (isDay(day) && minute >= from) || (isDay(day - 1) && minute < until);
}

function localTime(nowMs: number, timeZone: string): { day: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return { day: WEEKDAYS.indexOf(parts.get('weekday') ?? ''), minute: minute % MINUTES_A_DAY };
}

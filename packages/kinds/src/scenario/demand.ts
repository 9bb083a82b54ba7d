import { listOf, number, object, required, type Static, string } from '../machinery/index.ts';
import type { Faults } from '../validation/index.ts';
import { eachItem } from '../validation/index.ts';
import { checkDuration, HORIZON_MS } from './check-duration.ts';
import { validateRhythm } from './validate-rhythm.ts';

const spike = object(
  {
    at: required(string('When it begins, such as 19h30m.')),
    for: required(string('How long it lasts, with rise and fall.')),
    times: required(number('How many times the usual demand it is.', { minimum: 0, maximum: 1000 })),
    rise: string('How long it takes to rise, and as long to fall; at once by default.'),
  },
  'A time with more demand than usual, or with less.',
);

export const demand = object(
  {
    constant: number('Always so much.', { minimum: 0 }),
    low: number('So much at the quietest hour of the day.', { minimum: 0 }),
    high: number('So much at the busiest hour of the day.', { minimum: 0 }),
    peakAt: string('When in the day it is busiest; 14h by default.'),
    trace: string('A file with one number a line (the last column of a table), beside the scenario.'),
    every: string('How far apart the lines are; 5m by default.'),
    highest: number('How much the highest line is; lines count as they stand where this is absent.', { minimum: 0 }),
    spikes: listOf(spike, 'What comes on top, or is missing.'),
    perCore: number('How much of it one processor does: requests a second, say. 1 by default: it is in processors.', {
      minimum: 1e-6,
      maximum: 1e12,
    }),
  },
  'How much all machines of a group have to do together: constant, by the time of the day, or as a trace says.',
);
export type ScenarioDemand = Static<typeof demand>;

export function validateDemand(given: ScenarioDemand, path: string, faults: Faults): void {
  validateRhythm(given, path, faults);
  if (given.highest !== undefined && given.trace === undefined)
    faults.forbidden(`${path}.highest`, 'is for traces: say high');
  eachItem(given.spikes, `${path}.spikes`, (each, at) => {
    checkDuration(`${at}.at`, each.at, faults, { least: 0, most: HORIZON_MS });
    const spikeMs = checkDuration(`${at}.for`, each.for, faults, { least: 1_000, most: HORIZON_MS });
    const riseMs = checkDuration(`${at}.rise`, each.rise, faults, { least: 0, most: HORIZON_MS });
    if (spikeMs !== undefined && riseMs !== undefined && 2 * riseMs > spikeMs)
      faults.invalid(`${at}.rise`, each.rise, 'must not be longer than half of `for`: it falls for as long');
  });
}

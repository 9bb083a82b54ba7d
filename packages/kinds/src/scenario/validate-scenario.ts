import { isQuantity } from '../exact-quantity.ts';
import { eachItem, type Faults } from '../validation/index.ts';
import { durationMs } from './duration.ts';
import type { ScenarioEvent, ScenarioLoad, ScenarioSpec } from './scenario.ts';

const WEEK_MS = 604_800_000;
const MINUTE_MS = 60_000;

export function validateScenario(spec: ScenarioSpec, faults: Faults): void {
  checkDuration('spec.duration', spec.duration, faults, { least: MINUTE_MS, most: 520 * WEEK_MS });
  checkDuration('spec.sampleEvery', spec.sampleEvery, faults, { least: 1_000, most: WEEK_MS });
  eachItem(spec.hosts, 'spec.hosts', ({ cpu, memory, idleWatts = 100, fullWatts = 300, racks = 1, zones = 1 }, at) => {
    checkAmount(`${at}.cpu`, cpu, faults);
    checkAmount(`${at}.memory`, memory, faults);
    if (fullWatts < idleWatts) faults.invalid(`${at}.fullWatts`, fullWatts, 'must not be less than idleWatts');
    if (zones > racks) faults.invalid(`${at}.zones`, zones, 'must not be more than racks: a rack is in one zone');
  });
  const groups = new Set(spec.machines?.map(({ name }) => name));
  eachItem(spec.machines, 'spec.machines', ({ cpu, memory, load }, at) => {
    checkAmount(`${at}.cpu`, cpu, faults);
    checkAmount(`${at}.memory`, memory, faults);
    if (load) validateLoad(load, `${at}.load`, faults);
  });
  eachItem(spec.events, 'spec.events', (event, at) => validateEvent(event, at, groups, faults));
  for (const name of ['energyPrice', 'carbon'] as const) {
    eachItem(spec[name], `spec.${name}`, ({ from }, at) =>
      checkDuration(`${at}.from`, from, faults, { least: 0, most: 86_400_000 }),
    );
  }
}

function validateLoad({ constant, low, high, trace, every, peakAt }: ScenarioLoad, path: string, faults: Faults): void {
  const ways = [constant !== undefined, low !== undefined || high !== undefined, trace !== undefined];
  if (ways.filter(Boolean).length !== 1) faults.invalid(path, '', 'must say one of constant, low and high, or trace');
  if (low !== undefined && high !== undefined && high < low)
    faults.invalid(`${path}.high`, high, 'must not be less than low');
  checkDuration(`${path}.every`, every, faults, { least: 1_000, most: WEEK_MS });
  checkDuration(`${path}.peakAt`, peakAt, faults, { least: 0, most: 86_400_000 });
}

function validateEvent(event: ScenarioEvent, at: string, groups: ReadonlySet<string>, faults: Faults): void {
  checkDuration(`${at}.at`, event.at, faults, { least: 0, most: 520 * WEEK_MS });
  checkDuration(`${at}.for`, event.for, faults, { least: 1_000, most: 520 * WEEK_MS });
  const { lose, maintain, add, remove, powerCapWatts } = event;
  const what = [lose, maintain, add, remove, powerCapWatts].filter((each) => each !== undefined);
  if (what.length !== 1) faults.invalid(at, event.at, 'must say one of lose, maintain, add, remove, powerCapWatts');
  for (const [name, place] of [
    ['lose', lose],
    ['maintain', maintain],
  ] as const) {
    if (place && Object.values(place).filter(Boolean).length !== 1)
      faults.invalid(`${at}.${name}`, '', 'must name one host, rack or zone');
  }
  for (const [name, change] of [
    ['add', add],
    ['remove', remove],
  ] as const) {
    if (change && !groups.has(change.machines)) faults.notFound(`${at}.${name}.machines`, change.machines);
  }
}

function checkAmount(path: string, value: string | number, faults: Faults): void {
  if (!isQuantity(value) || String(value).startsWith('-'))
    faults.invalid(path, value, 'must be a quantity of at least 0');
}

function checkDuration(
  path: string,
  text: string | undefined,
  faults: Faults,
  { least, most }: { least: number; most: number },
): void {
  if (text === undefined) return;
  const ms = durationMs(text);
  if (ms === undefined) faults.invalid(path, text, 'must be a duration such as 90s, 5m, 6h or 2d');
  else if (ms < least || ms > most)
    faults.invalid(path, text, `must be between ${least / 1000} and ${most / 1000} seconds`);
}

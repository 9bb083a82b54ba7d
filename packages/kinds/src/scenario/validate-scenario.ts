import { isQuantity } from '../exact-quantity.ts';
import { thousandths } from '../quantity.ts';
import { dnsLabelFault, eachItem, type Faults } from '../validation/index.ts';
import { validateAutoscale } from './autoscale.ts';
import { checkDuration, HORIZON_MS } from './check-duration.ts';
import { validateDemand } from './demand.ts';
import { durationMs } from './duration.ts';
import { MOST_MACHINES } from './most.ts';
import type { ScenarioEvent, ScenarioLoad, ScenarioMachines, ScenarioSpec } from './scenario.ts';
import { validateRhythm } from './validate-rhythm.ts';

const WEEK_MS = 604_800_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Most of what it asks for that a machine may use: more is taken for percent. */
const MOST_SHARE = 10;
const LONGEST_NAME = 50;

export function validateScenario(spec: ScenarioSpec, faults: Faults): void {
  checkDuration('spec.duration', spec.duration, faults, { least: MINUTE_MS, most: HORIZON_MS });
  checkDuration('spec.warmUp', spec.warmUp, faults, { least: MINUTE_MS, most: 52 * WEEK_MS });
  checkDuration('spec.sampleEvery', spec.sampleEvery, faults, { least: 1_000, most: WEEK_MS });
  eachItem(spec.policies, 'spec.policies', ({ name }, at) => {
    if (name === '') faults.required(`${at}.name`);
  });
  for (const field of ['hosts', 'machines'] as const) {
    eachItem<{ readonly name: string }>(spec[field], `spec.${field}`, ({ name }, at) => {
      faults.check(`${at}.name`, name, numberedFault);
    });
  }
  for (const field of ['hosts', 'machines', 'policies'] as const) {
    faults.distinct<{ readonly name: string }>(
      spec[field] ?? [],
      ({ name }) => name,
      (index) => `spec.${field}[${index}].name`,
    );
  }
  const lastsMs = durationMs(spec.duration ?? '24h') ?? HORIZON_MS;
  if ((durationMs(spec.sampleEvery ?? '0s') ?? 0) > lastsMs)
    faults.invalid(
      'spec.sampleEvery',
      spec.sampleEvery,
      `must not be longer than the rehearsal (${spec.duration ?? '24h'})`,
    );
  eachItem(spec.hosts, 'spec.hosts', ({ count, cpu, memory, racks = 1, zones = 1, ...watts }, at) => {
    const { idleWatts = 100, fullWatts = 300, sleepWatts } = watts;
    checkSome(`${at}.cpu`, cpu, faults);
    checkSome(`${at}.memory`, memory, faults);
    if (racks > count) faults.invalid(`${at}.racks`, racks, 'must not be more than there are hosts');
    if (fullWatts < idleWatts) faults.invalid(`${at}.fullWatts`, fullWatts, 'must not be less than idleWatts');
    if (sleepWatts !== undefined && sleepWatts > idleWatts) {
      faults.invalid(`${at}.sleepWatts`, sleepWatts, 'must not be more than idleWatts');
    }
    if (zones > racks) faults.invalid(`${at}.zones`, zones, 'must not be more than racks: a rack is in one zone');
  });
  const groups = new Map(spec.machines?.map((machines) => [machines.name, machines]));
  eachItem(spec.machines, 'spec.machines', (machines, at) => {
    validateMachines(machines, at, faults);
    validateGrowth(machines, spec, lastsMs, at, faults);
  });
  eachItem(spec.policies, 'spec.policies', ({ autoscale }, policy) =>
    eachItem(autoscale, `${policy}.autoscale`, ({ machines, ...scaling }, at) => {
      const group = groups.get(machines);
      if (!group?.demand) faults.notFound(`${at}.machines`, machines);
      else validateAutoscale(scaling, group, at, faults);
    }),
  );
  eachItem(spec.events, 'spec.events', (event, at) => {
    validateEvent(event, at, groups, faults);
    if ((durationMs(event.at) ?? 0) > lastsMs)
      faults.invalid(`${at}.at`, event.at, `must not be after the end of the rehearsal (${spec.duration ?? '24h'})`);
  });
  for (const name of ['energyPrice', 'carbon'] as const) {
    eachItem(spec[name], `spec.${name}`, ({ from }, at) =>
      checkDuration(`${at}.from`, from, faults, { least: 0, most: DAY_MS }),
    );
    faults.distinct(
      spec[name] ?? [],
      ({ from }) => String(durationMs(from)),
      (index) => `spec.${name}[${index}].from`,
    );
  }
}

function validateMachines(machines: ScenarioMachines, at: string, faults: Faults): void {
  const { cpu, memory, load, demand, autoscale, startsIn } = machines;
  checkAmount(`${at}.cpu`, cpu, faults);
  checkSome(`${at}.memory`, memory, faults);
  checkDuration(`${at}.startsIn`, startsIn, faults, { least: 0, most: HOUR_MS });
  if (startsIn !== undefined && !demand) faults.forbidden(`${at}.startsIn`, 'is for machines with a demand');
  if (load) validateLoad(load, `${at}.load`, faults);
  if (demand) validateDemand(demand, `${at}.demand`, faults);
  if (demand && load) faults.forbidden(`${at}.load`, 'follows from the demand');
  if (demand && !(thousandths(cpu) > 0)) faults.invalid(`${at}.cpu`, cpu, 'must be greater than 0: it carries demand');
  if (autoscale) validateAutoscale(autoscale, machines, `${at}.autoscale`, faults);
  if (autoscale && !demand) faults.required(`${at}.demand`, 'what is there to follow?');
}

/** Neither may there be more machines in the end than can be rehearsed, nor may more be taken away than there ever are. */
function validateGrowth(
  { name, count, demand, growth }: ScenarioMachines,
  { growth: everywhere, events = [] }: ScenarioSpec,
  lastsMs: number,
  at: string,
  faults: Faults,
): void {
  if (demand) return;
  const percent = (growth ?? everywhere)?.percentPerWeek ?? 0;
  const most = count * (1 + Math.max(0, percent) / 100) ** (lastsMs / WEEK_MS);
  const field = growth ? `${at}.growth.percentPerWeek` : 'spec.growth.percentPerWeek';
  if (most > MOST_MACHINES) {
    const why = `${name} would be more than ${MOST_MACHINES} machines at the end of the rehearsal`;
    return percent > 0 ? faults.invalid(field, percent, why) : faults.invalid(`${at}.count`, count, why);
  }
  const added = events.reduce((sum, { add }) => sum + (add?.machines === name ? add.count : 0), 0);
  eachItem(events, 'spec.events', ({ remove }, event) => {
    if (remove?.machines === name && remove.count > most + added)
      faults.invalid(`${event}.remove.count`, remove.count, `there are never so many of ${name}`);
  });
}

function validateLoad(load: ScenarioLoad, at: string, faults: Faults): void {
  validateRhythm(load, at, faults);
  if (load.unit !== undefined && load.trace === undefined) faults.forbidden(`${at}.unit`, 'is for traces');
  for (const field of ['constant', 'low', 'high'] as const) {
    const share = load[field] ?? 0;
    if (share > MOST_SHARE)
      faults.invalid(
        `${at}.${field}`,
        share,
        `must be a share of at most ${MOST_SHARE}: 0.8 for 80 % of what they ask for`,
      );
  }
}

function validateEvent(
  event: ScenarioEvent,
  at: string,
  groups: ReadonlyMap<string, ScenarioMachines>,
  faults: Faults,
): void {
  checkDuration(`${at}.at`, event.at, faults, { least: 0, most: HORIZON_MS });
  checkDuration(`${at}.for`, event.for, faults, { least: 1_000, most: HORIZON_MS });
  const { lose, maintain, add, remove, blind, powerCapWatts } = event;
  const what = [lose, maintain, add, remove, blind, powerCapWatts].filter((each) => each !== undefined);
  if (what.length !== 1)
    faults.invalid(at, event.at, 'must say one of lose, maintain, add, remove, blind, powerCapWatts');
  if (blind && !groups.get(blind.machines)?.demand) faults.notFound(`${at}.blind.machines`, blind.machines);
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
    if (!change) continue;
    // Which machines a cloud has that is there already, is known once it is read.
    if (groups.get(change.machines)?.demand)
      faults.forbidden(`${at}.${name}.machines`, 'their number follows the demand: say spikes');
  }
}

function checkAmount(path: string, value: string | number, faults: Faults): void {
  if (!isQuantity(value) || String(value).startsWith('-'))
    faults.invalid(path, value, 'must be a quantity of at least 0');
}

function checkSome(path: string, value: string | number, faults: Faults): void {
  if (isQuantity(value) && thousandths(value) === 0) faults.invalid(path, value, 'must be greater than 0');
  else checkAmount(path, value, faults);
}

/** A number follows: `web` is the name of `web-17`. */
function numberedFault(name: string): string | undefined {
  return name.length > LONGEST_NAME
    ? `must be no more than ${LONGEST_NAME} bytes: a number follows`
    : dnsLabelFault(name);
}

import { isQuantity } from '../exact-quantity.ts';
import { thousandths } from '../quantity.ts';
import { eachItem, type Faults } from '../validation/index.ts';
import { validateAutoscale } from './autoscale.ts';
import { checkDuration, HORIZON_MS } from './check-duration.ts';
import { validateDemand } from './demand.ts';
import { durationMs } from './duration.ts';
import type { ScenarioEvent, ScenarioMachines, ScenarioSpec } from './scenario.ts';
import { validateRhythm } from './validate-rhythm.ts';

const WEEK_MS = 604_800_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export function validateScenario(spec: ScenarioSpec, faults: Faults): void {
  checkDuration('spec.duration', spec.duration, faults, { least: MINUTE_MS, most: HORIZON_MS });
  checkDuration('spec.warmUp', spec.warmUp, faults, { least: MINUTE_MS, most: 52 * WEEK_MS });
  checkDuration('spec.sampleEvery', spec.sampleEvery, faults, { least: 1_000, most: WEEK_MS });
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
  eachItem(spec.hosts, 'spec.hosts', ({ cpu, memory, racks = 1, zones = 1, ...watts }, at) => {
    const { idleWatts = 100, fullWatts = 300, sleepWatts } = watts;
    checkAmount(`${at}.cpu`, cpu, faults);
    checkAmount(`${at}.memory`, memory, faults);
    if (fullWatts < idleWatts) faults.invalid(`${at}.fullWatts`, fullWatts, 'must not be less than idleWatts');
    if (sleepWatts !== undefined && sleepWatts > idleWatts) {
      faults.invalid(`${at}.sleepWatts`, sleepWatts, 'must not be more than idleWatts');
    }
    if (zones > racks) faults.invalid(`${at}.zones`, zones, 'must not be more than racks: a rack is in one zone');
  });
  const groups = new Map(spec.machines?.map((machines) => [machines.name, machines]));
  eachItem(spec.machines, 'spec.machines', (machines, at) => validateMachines(machines, at, faults));
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
  }
}

function validateMachines(machines: ScenarioMachines, at: string, faults: Faults): void {
  const { cpu, memory, load, demand, autoscale, startsIn } = machines;
  checkAmount(`${at}.cpu`, cpu, faults);
  checkAmount(`${at}.memory`, memory, faults);
  checkDuration(`${at}.startsIn`, startsIn, faults, { least: 0, most: HOUR_MS });
  if (startsIn !== undefined && !demand) faults.forbidden(`${at}.startsIn`, 'is for machines with a demand');
  if (load) validateRhythm(load, `${at}.load`, faults);
  if (demand) validateDemand(demand, `${at}.demand`, faults);
  if (demand && load) faults.forbidden(`${at}.load`, 'follows from the demand');
  if (demand && !(thousandths(cpu) > 0)) faults.invalid(`${at}.cpu`, cpu, 'must be greater than 0: it carries demand');
  if (autoscale) validateAutoscale(autoscale, machines, `${at}.autoscale`, faults);
  if (autoscale && !demand) faults.required(`${at}.demand`, 'what is there to follow?');
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

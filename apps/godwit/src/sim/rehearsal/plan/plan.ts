import { Failure } from '@godwit/base';
import {
  durationMs,
  type KubeObject,
  type Pod,
  type ScenarioHosts,
  type ScenarioSpec,
  thousandths,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
  wholeUnits,
} from '@godwit/kinds';
import type { HostFacts } from '../cloud/index.ts';
import { dayStepsOf } from './day-steps.ts';
import { eventsOf, type PlannedEvent } from './events.ts';
import { groupNamed } from './group-named.ts';
import { type LoadCurve, loadCurveOf } from './load-curve.ts';
import { rackLabel, zoneLabel } from './places.ts';
import { type PlannedPolicy, type PolicyObject, policiesOf } from './policies.ts';
import { type PlannedScaling, scalingOf } from './scaling.ts';
import { flawsOf, type TraceFlaws } from './trace.ts';

/** Machines that are alike. */
export interface PlannedGroup {
  readonly name: string;
  readonly kind: 'VirtualMachine' | 'Pod';
  /** At the beginning. */
  readonly count: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly load: LoadCurve;
  readonly percentPerWeek: number;
  readonly apart: 'host' | 'rack' | 'zone' | undefined;
  /** What machines of a cloud that is there already say of their places, and of themselves. */
  readonly constraints?: PlaceConstraints;
  /** Where machines share a demand: their load follows from it, and their number may. */
  readonly scaling?: PlannedScaling;
  /** Machines that are there already. */
  readonly known?: KnownMachines;
}

/** Of machines of a cloud that is there already. */
export interface KnownMachines {
  /** One of them. */
  readonly pattern: Pod | VirtualMachineInstance;
  /** Memory that each uses in the mean, where it is measured. */
  readonly usedBytes?: number;
}

/** In the words of both kinds of machines. */
export type PlaceConstraints = Pick<
  VirtualMachineInstanceSpec,
  'nodeSelector' | 'affinity' | 'tolerations' | 'topologySpreadConstraints'
> & { readonly labels: Readonly<Record<string, string>> };

/** A rehearsal in numbers. */
export interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly durationMs: number;
  /** How long everything has run before figures are taken. */
  readonly warmUpMs: number;
  readonly sampleMs: number;
  readonly hosts: readonly HostFacts[];
  /** The cloud that is there at the beginning, where one is. */
  readonly known?: Beginning;
  readonly groups: readonly PlannedGroup[];
  readonly events: readonly PlannedEvent[];
  readonly policies: readonly PlannedPolicy[];
  readonly reserveHosts: number;
  readonly currency: string;
  /** A kilowatt-hour, at milliseconds since the beginning. */
  readonly energyPrice: (atMs: number) => number;
  /** Grams a kilowatt-hour. */
  readonly carbon: (atMs: number) => number;
  /** Of traces that do not say a number at every moment. */
  readonly flaws: readonly TraceFlaws[];
  /** Groups of which somebody asks how many more of them fit, by name; it is told of the largest ones anyway. */
  readonly fit: readonly string[];
}

export type TraceReader = (path: string) => string;

const HOST_MACHINES = 250;
const WEEK_MS = 604_800_000;

/** How a cloud stands at the beginning. */
export interface Beginning {
  /** Everything in it, as it stands. */
  readonly objects: readonly KubeObject[];
  /** On which host each machine is, by `kind/namespace/name`; undefined: it waits. */
  readonly places: ReadonlyMap<string, string | undefined>;
  /** When it stands so, in milliseconds; undefined where nobody knows. */
  readonly atMs: number | undefined;
}

/** What a live or saved cloud brings; what the scenario describes comes on top. */
export interface KnownCloud extends Beginning {
  readonly hosts: readonly HostFacts[];
  readonly groups: readonly PlannedGroup[];
  /** Its BalancePolicies. */
  readonly policies?: readonly PolicyObject[];
}

/** @param fit names of groups that are asked of. Throws `no-such-machines` */
export function makePlan(
  name: string,
  spec: ScenarioSpec,
  readTrace: TraceReader,
  known?: KnownCloud,
  fit: readonly string[] = [],
): Plan {
  const hosts = [...(known?.hosts ?? []), ...(spec.hosts ?? []).flatMap(hostsOf)];
  assertNew(
    (spec.machines ?? []).map(({ name }) => name),
    known?.groups ?? [],
    'spec.machines',
  );
  assertNewHosts(spec.hosts ?? [], known?.hosts ?? []);
  const everywhere = spec.growth?.percentPerWeek ?? 0;
  const described = (spec.machines ?? []).map((machines): PlannedGroup => {
    const { kind = 'VirtualMachine', cpu, memory, load, growth, apart, autoscale } = machines;
    const count = autoscale?.replicas ?? machines.count;
    const scaling = scalingOf({ ...machines, growth: growth ?? { percentPerWeek: everywhere } }, readTrace);
    return {
      name: machines.name,
      kind,
      count,
      cpuMillis: thousandths(cpu),
      memoryBytes: wholeUnits(memory),
      load: loadCurveOf(load, load?.trace === undefined ? undefined : readTrace(load.trace)),
      percentPerWeek: growth?.percentPerWeek ?? everywhere,
      apart,
      ...(scaling && { scaling }),
    };
  });
  const groups = [...(known?.groups ?? []).map((group) => growing(group, everywhere)), ...described];
  for (const each of fit) groupNamed(each, groups);
  return {
    name,
    seed: spec.seed ?? 1,
    durationMs: durationMs(spec.duration ?? '24h') ?? 0,
    warmUpMs: durationMs(spec.warmUp ?? usualWarmUp(described, known)) ?? 0,
    sampleMs: durationMs(spec.sampleEvery ?? '5m') ?? 0,
    hosts,
    ...(known && { known }),
    groups,
    events: eventsOf(spec.events ?? [], hosts, groups),
    policies: policiesOf(spec.policies, known?.policies),
    reserveHosts: spec.reserveHosts ?? 1,
    currency: spec.currency ?? 'EUR',
    energyPrice: dayStepsOf(spec.energyPrice, 0.25),
    carbon: dayStepsOf(spec.carbon, 0),
    flaws: tracesOf(spec)
      .map((trace) => flawsOf(trace, readTrace(trace)))
      .filter(({ holes, negative }) => holes + negative > 0),
    fit,
  };
}

export function hostsOf(given: ScenarioHosts): HostFacts[] {
  const { racks = 1, zones = 1, machines = HOST_MACHINES, pricePerHour = 0 } = given;
  const { idleWatts = 100, fullWatts = 300, sleepWatts = 5 } = given;
  return Array.from({ length: given.count }, (_, index) => {
    const name = `${given.name}-${index}`;
    const rack = index % racks;
    return {
      name,
      cpuMillis: thousandths(given.cpu),
      memoryBytes: wholeUnits(given.memory),
      machines,
      watts: [idleWatts, fullWatts],
      sleepWatts,
      pricePerHour,
      labels: {
        'kubernetes.io/hostname': name,
        [rackLabel]: `rack-${rack}`,
        [zoneLabel]: `zone-${rack % zones}`,
      },
    };
  });
}

/** What is described must come to rest; a cloud that is there begins as it is. */
function usualWarmUp(described: readonly PlannedGroup[], known: KnownCloud | undefined): string {
  if (described.some(({ scaling }) => scaling)) return '1h';
  return known ? '2s' : '1m';
}

/** What is described on top of a cloud must not be called as something that is there. Throws `name-taken`. */
function assertNew(names: readonly string[], known: readonly { readonly name: string }[], path: string): void {
  const there = new Set(known.map(({ name }) => name));
  names.forEach((name, index) => {
    if (there.has(name)) throw new Failure('name-taken', `${path}[${index}].name: ${name} is there already`);
  });
}

function assertNewHosts(given: readonly ScenarioHosts[], known: readonly HostFacts[]): void {
  const there = new Set(known.map(({ name }) => name));
  given.forEach((each, index) => {
    const taken = hostsOf(each).find(({ name }) => there.has(name));
    if (taken) throw new Failure('name-taken', `spec.hosts[${index}].name: host ${taken.name} is there already`);
  });
}

/** The files that loads and demands come from. */
function tracesOf({ machines = [] }: ScenarioSpec): readonly string[] {
  return [...new Set(machines.flatMap(({ load, demand }) => [load?.trace ?? [], demand?.trace ?? []].flat()))];
}

/** Machines that are there already, growing as the scenario says of all. */
function growing(group: PlannedGroup, percentPerWeek: number): PlannedGroup {
  const { scaling } = group;
  const weekly = 1 + percentPerWeek / 100;
  return {
    ...group,
    percentPerWeek,
    ...(scaling && {
      scaling: { ...scaling, demand: (atMs) => scaling.demand(atMs) * weekly ** (Math.max(0, atMs) / WEEK_MS) },
    }),
  };
}

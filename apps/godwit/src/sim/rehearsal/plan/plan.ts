import { Failure } from '@godwit/base';
import {
  durationMs,
  type ScenarioEvent,
  type ScenarioHosts,
  type ScenarioSpec,
  thousandths,
  type VirtualMachineInstanceSpec,
  wholeUnits,
} from '@godwit/kinds';
import type { HostFacts } from '../cloud/index.ts';
import { dayStepsOf } from './day-steps.ts';
import { type LoadCurve, loadCurveOf } from './load-curve.ts';
import { type PlannedPolicy, type PolicyObject, policiesOf } from './policies.ts';
import { type PlannedScaling, scalingOf } from './scaling.ts';

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
}

/** In the words of both kinds of machines. */
export type PlaceConstraints = Pick<
  VirtualMachineInstanceSpec,
  'nodeSelector' | 'affinity' | 'tolerations' | 'topologySpreadConstraints'
> & { readonly labels: Readonly<Record<string, string>> };

export interface PlannedEvent {
  readonly atMs: number;
  /** Undefined: to the end. */
  readonly untilMs: number | undefined;
  readonly event: ScenarioEvent;
  /** Hosts that are lost or emptied. */
  readonly hosts: readonly string[];
}

/** A rehearsal in numbers. */
export interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly durationMs: number;
  /** How long everything has run before figures are taken. */
  readonly warmUpMs: number;
  readonly sampleMs: number;
  readonly hosts: readonly HostFacts[];
  readonly groups: readonly PlannedGroup[];
  readonly events: readonly PlannedEvent[];
  readonly policies: readonly PlannedPolicy[];
  readonly reserveHosts: number;
  readonly currency: string;
  /** A kilowatt-hour, at milliseconds since the beginning. */
  readonly energyPrice: (atMs: number) => number;
  /** Grams a kilowatt-hour. */
  readonly carbon: (atMs: number) => number;
}

export type TraceReader = (path: string) => string;

export const rackLabel = 'topology.godwit.dev/rack';
export const zoneLabel = 'topology.kubernetes.io/zone';
const HOST_MACHINES = 250;

/** What a live or saved cloud brings; what the scenario describes comes on top. */
export interface KnownCloud {
  readonly hosts: readonly HostFacts[];
  readonly groups: readonly PlannedGroup[];
  /** Its BalancePolicies. */
  readonly policies?: readonly PolicyObject[];
}

export function makePlan(name: string, spec: ScenarioSpec, readTrace: TraceReader, known?: KnownCloud): Plan {
  const hosts = [...(known?.hosts ?? []), ...(spec.hosts ?? []).flatMap(hostsOf)];
  const groups = (spec.machines ?? []).map((machines): PlannedGroup => {
    const { kind = 'VirtualMachine', cpu, memory, load, growth, apart, autoscale } = machines;
    const count = autoscale?.replicas ?? machines.count;
    const scaling = scalingOf(machines, readTrace);
    return {
      name: machines.name,
      kind,
      count,
      cpuMillis: thousandths(cpu),
      memoryBytes: wholeUnits(memory),
      load: loadCurveOf(load, load?.trace === undefined ? undefined : readTrace(load.trace)),
      percentPerWeek: growth?.percentPerWeek ?? 0,
      apart,
      ...(scaling && { scaling }),
    };
  });
  return {
    name,
    seed: spec.seed ?? 1,
    durationMs: durationMs(spec.duration ?? '24h') ?? 0,
    warmUpMs: durationMs(spec.warmUp ?? (groups.some(({ scaling }) => scaling) ? '1h' : '1m')) ?? 0,
    sampleMs: durationMs(spec.sampleEvery ?? '5m') ?? 0,
    hosts,
    groups: [...(known?.groups ?? []), ...groups],
    events: (spec.events ?? []).map((event) => eventOf(event, hosts)).toSorted((a, b) => a.atMs - b.atMs),
    policies: policiesOf(spec.policies, known?.policies),
    reserveHosts: spec.reserveHosts ?? 1,
    currency: spec.currency ?? 'EUR',
    energyPrice: dayStepsOf(spec.energyPrice, 0.25),
    carbon: dayStepsOf(spec.carbon, 0),
  };
}

function hostsOf(given: ScenarioHosts): HostFacts[] {
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

function eventOf(event: ScenarioEvent, hosts: readonly HostFacts[]): PlannedEvent {
  const atMs = durationMs(event.at) ?? 0;
  const { host, rack, zone } = event.lose ?? event.maintain ?? {};
  const meant = ({ name, labels }: HostFacts) =>
    host !== undefined
      ? name === host
      : rack !== undefined
        ? labels[rackLabel] === rack
        : zone !== undefined && labels[zoneLabel] === zone;
  const affected = hosts.filter(meant).map(({ name }) => name);
  const where = host ?? rack ?? zone;
  if (where !== undefined && affected.length === 0)
    throw new Failure('no-such-place', `there is no host, rack or zone ${where}`);
  const lastsMs = event.for === undefined ? undefined : durationMs(event.for);
  return {
    atMs,
    untilMs: lastsMs === undefined ? undefined : atMs + lastsMs,
    event,
    hosts: affected,
  };
}

import {
  isOfNow,
  isPodReady,
  type Pod,
  podCondition,
  requestsOfPod,
  type Stored,
  thousandths,
  wholeUnits,
} from '@godwit/kinds';
import type { MeasuredMachine } from '@godwit/planner';
import type { ObservedMachines } from './machines-of-target.ts';
import type { MachineSample } from './metrics-source.ts';

/** A pod's processors say little while it starts: so long after its start, unless it is ready. */
const INITIALIZING_MS = 300_000;
/** A pod that lost readiness so soon after its start has not been ready in earnest. */
const FIRST_READINESS_MS = 30_000;

export interface ResourceQuery {
  readonly resource: string;
  /** Only this container. */
  readonly container?: string;
}

/** How a pod counts for a resource. Units: cores, bytes. */
function measuredPod(
  pod: Stored<Pod>,
  sample: MachineSample | undefined,
  query: ResourceQuery,
  nowMs: number,
): MeasuredMachine {
  const value = sample && usedBy(sample, query);
  const request = requestedBy(pod, query);
  return {
    name: pod.metadata.name,
    state: stateOf(pod, sample, query.resource, nowMs),
    ...(value !== undefined && { value }),
    ...(request !== undefined && { request }),
  };
}

function usedBy({ parts }: MachineSample, { resource, container }: ResourceQuery): number | undefined {
  const chosen = container === undefined ? parts : parts.filter(({ name }) => name === container);
  if (chosen.length === 0 || (resource !== 'cpu' && resource !== 'memory')) return undefined;
  return chosen.reduce((sum, part) => sum + (resource === 'cpu' ? part.cpuCores : part.memoryBytes), 0);
}

/** What pods request, as they were read: that is asked for at every look. */
const knownRequests = new WeakMap<Pod, ReturnType<typeof requestsOfPod>>();

function requestsOf(pod: Pod): ReturnType<typeof requestsOfPod> {
  const requests = knownRequests.get(pod) ?? requestsOfPod(pod.spec);
  knownRequests.set(pod, requests);
  return requests;
}

function requestedBy(pod: Pod, { resource, container }: ResourceQuery): number | undefined {
  const { spec } = pod;
  const one = spec.containers.find(({ name }) => name === container)?.resources;
  const requests: Readonly<Record<string, string | number>> =
    container === undefined ? requestsOf(pod) : { ...one?.limits, ...one?.requests };
  const amount = requests[resource];
  if (amount === undefined) return undefined;
  return resource === 'cpu' ? thousandths(amount) / 1000 : wholeUnits(amount);
}

/** Kubernetes' rule for pods whose use does not count yet; for other metrics than cpu only pending ones. */
export function stateOf(
  pod: Stored<Pod>,
  sample: Pick<MachineSample, 'atMs' | 'windowMs'> | undefined,
  resource: string,
  nowMs: number,
): MeasuredMachine['state'] {
  const { phase, startTime } = pod.status ?? {};
  if (pod.metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded') return 'gone';
  if (phase === 'Pending') return 'unready';
  if (!sample || resource !== 'cpu') return 'ready';
  const ready = podCondition(pod, 'Ready');
  if (!ready?.lastTransitionTime || startTime === undefined) return 'unready';
  const startedMs = Date.parse(startTime);
  const sinceMs = Date.parse(ready.lastTransitionTime);
  // It became so in a time to come: the clock was put back, and does not tell how long ago that was.
  if (Math.max(startedMs, sinceMs) > nowMs) return isPodReady(pod) ? 'ready' : 'unready';
  if (startedMs + INITIALIZING_MS > nowMs) {
    return isPodReady(pod) && sample.atMs >= sinceMs + sample.windowMs ? 'ready' : 'unready';
  }
  return !isPodReady(pod) && startedMs + FIRST_READINESS_MS > sinceMs ? 'unready' : 'ready';
}

/** How all machines of a target count for a resource. */
export function measuredMachines(
  query: ResourceQuery,
  { pods, instances }: ObservedMachines,
  samples: readonly MachineSample[],
  nowMs: number,
): readonly MeasuredMachine[] {
  const byName = new Map(samples.filter(({ atMs }) => isOfNow(atMs, nowMs)).map((sample) => [sample.name, sample]));
  const ofInstances = instances.map(({ name, state, requests }): MeasuredMachine => {
    const sample = byName.get(name);
    const value = sample && usedBy(sample, query);
    const request = requests[query.resource];
    return { name, state, ...(value !== undefined && { value }), ...(request !== undefined && { request }) };
  });
  return [...pods.map((pod) => measuredPod(pod, byName.get(pod.metadata.name), query, nowMs)), ...ofInstances];
}

import type { Pod, Stored } from '@godwit/kinds';
import { type ContainerRun, initialPodState, type PodEnd, type PodState } from './pod-state.ts';

/** What a new process needs of a pod: its object and how far its containers have come. */
interface PodRecord {
  readonly pod?: Stored<Pod> | undefined;
  readonly startTimeMs?: number | undefined;
  readonly ended?: PodState['ended'];
  readonly end?: PodEnd | undefined;
  readonly containers: Readonly<Record<string, ContainerRun>>;
  readonly leftovers: readonly string[];
}

export function podRecord(state: PodState): PodRecord {
  const { pod, startTimeMs, ended, end, containers, leftovers } = state;
  return { pod: pod && lean(pod), startTimeMs, ended, end, containers: lasting(containers), leftovers };
}

type Runs = PodState['containers'];

const lastingRuns = new WeakMap<Runs, Runs>();

/** Without what is found out anew. One copy a version, as of pods. */
function lasting(containers: Runs): Runs {
  const known = lastingRuns.get(containers);
  if (known) return known;
  const runs = Object.entries(containers).map(([name, run]) => [name, { ...run, probes: {}, look: false }]);
  const copy: Runs = Object.fromEntries(runs);
  lastingRuns.set(containers, copy);
  return copy;
}

const leanPods = new WeakMap<Pod, Stored<Pod>>();

/** Without what only the API needs; one copy a version, because records are compared at every step. */
function lean(pod: Stored<Pod>): Stored<Pod> {
  const known = leanPods.get(pod);
  if (known) return known;
  const { managedFields: _, ...metadata } = pod.metadata;
  const copy = { ...pod, metadata } as Stored<Pod>;
  leanPods.set(pod, copy);
  return copy;
}

/** The state that a record stands for; what cannot be understood is an empty one. */
export function stateOfRecord(uid: string, hostIps: readonly string[], record: unknown): PodState {
  const state = initialPodState(uid, hostIps);
  if (typeof record !== 'object' || record === null || !('containers' in record)) return state;
  const { pod, startTimeMs, ended, end, containers, leftovers } = record as PodRecord;
  const conditions = pod?.status?.conditions;
  return {
    ...state,
    ...(pod && { pod }),
    ...(startTimeMs !== undefined && { startTimeMs }),
    ...(conditions && { conditions }),
    ended,
    end,
    containers,
    leftovers,
  };
}

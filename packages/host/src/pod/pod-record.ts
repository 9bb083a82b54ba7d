import type { ContainerStatus, Pod, Stored } from '@godwit/kinds';
import { type ContainerRun, freshRun, initialPodState, type PodEnd, type PodState } from './pod-state.ts';

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

/**
 * The record of a pod that runs here and of which only the API knows anything: what its containers were last said to do.
 * @param idOf what the engine calls a container that runs
 */
export function recordOfStatus(pod: Stored<Pod>, idOf: (container: string) => string): PodRecord {
  const { containerStatuses = [], initContainerStatuses = [], startTime } = pod.status ?? {};
  const runs = [...initContainerStatuses, ...containerStatuses].map((status) => [
    status.name,
    runOfStatus(status, idOf(status.name)),
  ]);
  return {
    pod,
    ...(startTime !== undefined && { startTimeMs: Date.parse(startTime) }),
    containers: Object.fromEntries(runs),
    leftovers: [],
  };
}

function runOfStatus({ state, restartCount, ready, started }: ContainerStatus, id: string): ContainerRun {
  const run: ContainerRun = { ...freshRun, attempt: restartCount, id, postStart: 'done', started: started !== false };
  if (state?.running) return { ...run, phase: 'running', ready, startedAtMs: timeOf(state.running.startedAt) };
  if (!state?.terminated) return freshRun;
  const { exitCode, reason = '', startedAt, finishedAt } = state.terminated;
  const exit = { containerId: id, exitCode, reason, startedAtMs: timeOf(startedAt), finishedAtMs: timeOf(finishedAt) };
  return { ...run, phase: 'exited', exit, removed: true };
}

const timeOf = (text: string | undefined): number => (text === undefined ? 0 : Date.parse(text));

import type { PodCondition } from '@godwit/kinds';
import { planOf } from './container-plan.ts';
import { isReady } from './container-status.ts';
import { instant } from './instant.ts';
import { outcomeOf, someRuns } from './outcome.ts';
import { type PodState, runOf } from './pod-state.ts';
import { resizeInProgress } from './resize.ts';

/** A condition that goes when it no longer holds: the name is Kubernetes'. */
export const RESIZE_CONDITION = 'PodResizeInProgress';

interface Verdict {
  readonly type: string;
  readonly holds: boolean;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The conditions that this host owns, with the moment of their last change. The same list when nothing
 * changed. Readiness gates are other parts' conditions: read, never written.
 */
export function conditionsOf(state: PodState, nowMs: number): readonly PodCondition[] | undefined {
  if (state.pod === undefined) return state.conditions;
  const before = new Map((state.conditions ?? []).map((condition) => [condition.type, condition]));
  const conditions = verdictsOf(state).map((verdict) => conditionFrom(verdict, before.get(verdict.type), nowMs));
  const same =
    conditions.length === state.conditions?.length &&
    conditions.every((condition) => before.get(condition.type) === condition);
  return same ? state.conditions : conditions;
}

function conditionFrom(verdict: Verdict, before: PodCondition | undefined, nowMs: number): PodCondition {
  const { type, holds, reason, message } = verdict;
  const status = holds ? 'True' : 'False';
  const turned = before?.status !== status;
  if (!turned && before.reason === reason && before.message === message) return before;
  return {
    type,
    status,
    lastProbeTime: null as unknown as string,
    lastTransitionTime: turned ? instant(nowMs) : (before.lastTransitionTime ?? instant(nowMs)),
    ...(reason && { reason }),
    ...(message && { message }),
  };
}

function verdictsOf(state: PodState): readonly Verdict[] {
  const outcome = outcomeOf(state);
  const containers = containersVerdict(state, outcome.result);
  return [
    { type: 'PodReadyToStartContainers', holds: hasNetwork(state) },
    initializedVerdict(state, outcome.initialized),
    readyVerdict(state, containers),
    containers,
    { type: 'PodScheduled', holds: true },
    ...resizeVerdict(state),
  ];
}

/** A new process attaches again what is there; who runs has had it all along. */
function hasNetwork(state: PodState): boolean {
  const { type } = state.network;
  return type === 'attached' || (type === 'none' && someRuns(state));
}

/** Told only while a container has other resources than its spec says. */
function resizeVerdict(state: PodState): readonly Verdict[] {
  const resize = resizeInProgress(state);
  if (!resize) return [];
  return [{ type: RESIZE_CONDITION, holds: true, ...(resize.message && { reason: 'Error', message: resize.message }) }];
}

function initializedVerdict(state: PodState, holds: boolean): Verdict {
  if (holds) return { type: 'Initialized', holds };
  const names = namesNotReady(state, ['init', 'sidecar']);
  const message = `containers with incomplete status: [${names.join(' ')}]`;
  return { type: 'Initialized', holds, reason: 'ContainersNotInitialized', message };
}

function containersVerdict(state: PodState, result: string | undefined): Verdict {
  const type = 'ContainersReady';
  if (result === 'Succeeded') return { type, holds: false, reason: 'PodCompleted' };
  if (result === 'Failed') return { type, holds: false, reason: 'PodFailed' };
  const names = namesNotReady(state, ['main', 'sidecar']);
  if (names.length === 0) return { type, holds: true };
  const message = `containers with unready status: [${names.join(' ')}]`;
  return { type, holds: false, reason: 'ContainersNotReady', message };
}

function readyVerdict(state: PodState, containers: Verdict): Verdict {
  if (!containers.holds) return { ...containers, type: 'Ready' };
  const gates = (state.pod?.spec.readinessGates ?? []).map(({ conditionType }) => conditionType);
  const open = gates.filter((type) => {
    return !(state.pod?.status?.conditions ?? []).some((one) => one.type === type && one.status === 'True');
  });
  if (open.length === 0) return { type: 'Ready', holds: true };
  const message = `corresponding condition of pod readiness gate "${open.join('", "')}" is not True`;
  return { type: 'Ready', holds: false, reason: 'ReadinessGatesNotReady', message };
}

function namesNotReady(state: PodState, types: readonly string[]): readonly string[] {
  const planned = state.pod ? planOf(state.pod) : [];
  return planned
    .filter(({ type }) => types.includes(type))
    .filter((one) => {
      const run = runOf(state, one.name);
      if (one.type === 'init') return !(run.phase === 'exited' && run.exit?.exitCode === 0);
      return !isReady(one.spec, run);
    })
    .map(({ name }) => name);
}

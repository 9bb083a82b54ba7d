import { planOf } from './container-plan.ts';
import { isOver, outcomeOf } from './outcome.ts';
import { conditionsOf } from './pod-conditions.ts';
import { type PodState, runOf, withRun } from './pod-state.ts';
import { ended, type StepContext } from './reduce.ts';
import { mustRestart } from './resize.ts';
import { nextRun, restarts } from './restart-policy.ts';
import { beginStop } from './stop.ts';

/** Of the time that a pod has to end, the part that may pass until its last connections are gone. */
const DRAIN_SHARE = 2 / 3;

/** Pure: what follows by itself from the state and the time, after each input. */
export function advance(before: PodState, context: StepContext): PodState {
  let state = passDeadline(before, context);
  state = state.end ? stopForEnd(state, context) : restartEnded(state, context);
  const conditions = conditionsOf(state, context.nowMs);
  return conditions === state.conditions || conditions === undefined ? state : { ...state, conditions };
}

/** When containers are told to end at the latest, however many connections are open. */
export function drainDeadlineMs(end: NonNullable<PodState['end']>): number {
  return end.sinceMs + Math.max(0, end.deadlineMs - end.sinceMs) * DRAIN_SHARE;
}

/** When activeDeadlineSeconds run out; undefined when they never do. */
export function activeDeadlineMs(state: PodState): number | undefined {
  const seconds = state.pod?.spec.activeDeadlineSeconds;
  if (seconds === undefined || state.startTimeMs === undefined) return undefined;
  return state.startTimeMs + seconds * 1000;
}

function passDeadline(state: PodState, context: StepContext): PodState {
  const deadlineMs = activeDeadlineMs(state);
  if (state.end || deadlineMs === undefined || context.nowMs < deadlineMs || outcomeOf(state).result) return state;
  const graceMs = (state.pod?.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  const message = 'Pod was active on the node longer than the specified deadline';
  const words = { reason: 'DeadlineExceeded', message };
  context.events.push({ level: 'Normal', ...words });
  return ended(state, 'failed', context.nowMs, context.nowMs + graceMs, words);
}

function stopForEnd(before: PodState, context: StepContext): PodState {
  const end = before.end as NonNullable<PodState['end']>;
  let state = before;
  for (const [name, run] of Object.entries(state.containers)) {
    if (run.stop && run.stop.deadlineMs > end.deadlineMs) {
      state = withRun(state, name, { stop: { ...run.stop, deadlineMs: end.deadlineMs } });
    }
  }
  if (!state.drained && context.nowMs < drainDeadlineMs(end)) return state;
  const plan = state.pod ? planOf(state.pod) : [];
  const sidecars = plan.filter(({ type }) => type === 'sidecar').map(({ name }) => name);
  const others = Object.keys(state.containers).filter((name) => !sidecars.includes(name));
  for (const name of others) state = beginStop(state, name, 'pod-end', context);
  if (others.some((name) => runOf(state, name).phase === 'running')) {
    return context.nowMs < end.deadlineMs ? state : stopAll(state, sidecars, context);
  }
  return stopLast(state, sidecars, context);
}

function stopAll(state: PodState, names: readonly string[], context: StepContext): PodState {
  return names.reduce((next, name) => beginStop(next, name, 'pod-end', context), state);
}

/** Sidecars stop in the reverse of the order in which they started, each after the one before is gone. */
function stopLast(state: PodState, sidecars: readonly string[], context: StepContext): PodState {
  const last = sidecars.filter((name) => runOf(state, name).phase === 'running').at(-1);
  return last === undefined ? state : beginStop(state, last, 'pod-end', context);
}

function restartEnded(before: PodState, context: StepContext): PodState {
  const { pod } = before;
  if (pod === undefined) return before;
  let state = before;
  const plan = planOf(pod);
  const mains = plan.filter(({ type }) => type === 'main');
  const over = outcomeOf(state).result !== undefined || mains.every((planned) => isOver(state, planned));
  for (const planned of plan) {
    const run = runOf(state, planned.name);
    const { exit } = run;
    const hasOtherImage = run.image && planned.spec.image && run.image.name !== planned.spec.image;
    if (run.phase === 'running' && (hasOtherImage || mustRestart(planned.spec, run))) {
      state = beginStop(state, planned.name, 'changed', context);
    }
    if (run.phase !== 'exited' || exit === undefined) continue;
    const again = run.stop?.reason === 'changed' || (!over && restarts(pod, planned, exit));
    if (!again) continue;
    const next = nextRun(run, exit);
    if (next.notBeforeMs > context.nowMs) {
      context.events.push({
        level: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container ${planned.name} in pod ${pod.metadata.name}`,
        container: planned.name,
      });
    }
    state = { ...state, containers: { ...state.containers, [planned.name]: next } };
    if (run.id) state = { ...state, leftovers: [...state.leftovers, run.id] };
  }
  if (!over) return state;
  const sidecars = plan.filter(({ type }) => type === 'sidecar').map(({ name }) => name);
  return stopLast(state, sidecars, context);
}

import { finish } from './life-end.ts';
import type { MachineState, MachineStop, StopReason } from './machine-state.ts';
import type { StepContext } from './step-context.ts';

/** Told again for a stronger reason, a stop keeps its moment and takes the earlier deadline. */
const STRENGTH: Readonly<Record<StopReason, number>> = { liveness: 0, shutdown: 1, deleted: 2, absent: 3 };

/** Begins to end the machine, or hastens an end that has begun. */
export function beginStop(
  state: MachineState,
  reason: StopReason,
  graceMs: number,
  context: StepContext,
): MachineState {
  const { stop } = state;
  if (stop && STRENGTH[reason] <= STRENGTH[stop.reason]) return hastened(state, stop, reason, graceMs);
  const deadlineMs = Math.min(stop?.deadlineMs ?? Number.POSITIVE_INFINITY, context.nowMs + graceMs);
  const next: MachineStop = { drained: false, sinceMs: context.nowMs, ...stop, reason, deadlineMs };
  const known = { ...state, stop: next };
  if (state.stage === 'adopting' || state.stage === 'cleaning' || state.stage === 'ended') return known;
  // A guest that does not run yet, or is held by a disk, has nothing to say.
  if (state.stage !== 'running' && state.stage !== 'stopping') {
    return finish(known, { phase: 'Succeeded', reason: 'Stopped', message: 'told to go before it ran' }, context);
  }
  if (!stop) context.tell('Normal', 'ShuttingDown', 'The guest is asked to shut down.');
  return { ...known, stage: 'stopping' };
}

/** Somebody who forces a stop shortens the patience of one that is under way. */
function hastened(state: MachineState, stop: MachineStop, reason: StopReason, graceMs: number): MachineState {
  const deadlineMs = stop.sinceMs + graceMs;
  if (reason !== stop.reason || deadlineMs >= stop.deadlineMs) return state;
  return { ...state, stop: { ...stop, deadlineMs } };
}

/** Patience has ended. */
export function overdue(state: MachineState, nowMs: number): boolean {
  return state.stage === 'stopping' && state.stop !== undefined && nowMs >= state.stop.deadlineMs;
}

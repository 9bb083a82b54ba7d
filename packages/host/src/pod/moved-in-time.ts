import type { ContainerRun, PodState } from './pod-state.ts';

/**
 * The wall clock jumped by `byMs`: appointments move with it, so that no probe, back-off or grace period comes too
 * early or has to wait for the old time to come round again. Times that are only told stay.
 */
export function movedInTime(state: PodState, byMs: number): PodState {
  const containers = Object.entries(state.containers).map(([name, run]) => [name, movedRun(run, byMs)]);
  const retries = Object.entries(state.retries).map(([lane, retry]) => [
    lane,
    { ...retry, atMs: retry.atMs + byMs, failedAtMs: retry.failedAtMs + byMs },
  ]);
  const { end } = state;
  return {
    ...state,
    ...(end && { end: { ...end, sinceMs: end.sinceMs + byMs, deadlineMs: end.deadlineMs + byMs } }),
    ...(state.measuredAtMs !== undefined && { measuredAtMs: state.measuredAtMs + byMs }),
    containers: Object.fromEntries(containers),
    retries: Object.fromEntries(retries),
  };
}

function movedRun(run: ContainerRun, byMs: number): ContainerRun {
  const { stop, startedAtMs, notBeforeMs, probes } = run;
  const movedProbes = Object.entries(probes).map(([type, probe]) => [
    type,
    { ...probe, nextAtMs: probe.nextAtMs + byMs },
  ]);
  return {
    ...run,
    ...(startedAtMs !== undefined && run.phase === 'running' && { startedAtMs: startedAtMs + byMs }),
    notBeforeMs: notBeforeMs + byMs,
    probes: Object.fromEntries(movedProbes),
    ...(stop && {
      stop: {
        ...stop,
        sinceMs: stop.sinceMs + byMs,
        deadlineMs: stop.deadlineMs + byMs,
        ...(stop.killedAtMs !== undefined && { killedAtMs: stop.killedAtMs + byMs }),
      },
    }),
  };
}

/**
 * Appointments that a record brings may have been made before the clock was put back, when nobody watched: none lies
 * further ahead than it could have been made.
 */
export function withinReason(state: PodState, nowMs: number): PodState {
  // The wait that it was given is no longer than the next one would be.
  const containers = Object.entries(state.containers).map(([name, run]) => [
    name,
    { ...run, notBeforeMs: Math.min(run.notBeforeMs, nowMs + run.backOffMs) },
  ]);
  const { end } = state;
  const late = end && end.sinceMs > nowMs;
  return {
    ...state,
    ...(late && { end: { ...end, sinceMs: nowMs, deadlineMs: nowMs + end.deadlineMs - end.sinceMs } }),
    containers: Object.fromEntries(containers),
  };
}

import type { MachineState, MachineStop } from './machine-state.ts';

/**
 * The wall clock jumped by `byMs`: appointments move with it, so that no probe, retry or grace period comes too early
 * or has to wait for the old time to come round again. Times that are only told stay.
 */
export function movedInTime(state: MachineState, byMs: number): MachineState {
  const { stop, agent, view, ballooning } = state;
  const probes = Object.entries(state.probes).map(([type, probe]) => [
    type,
    { ...probe, nextAtMs: probe.nextAtMs + byMs },
  ]);
  const retries = Object.entries(state.retries).map(([lane, retry]) => [
    lane,
    { ...retry, atMs: retry.atMs + byMs, failedAtMs: retry.failedAtMs + byMs },
  ]);
  return {
    ...state,
    ...(stop && { stop: movedStop(stop, byMs) }),
    ...(view && { view: { ...view, startedAtMs: view.startedAtMs + byMs } }),
    ...(ballooning && { ballooning: { ...ballooning, gaveAtMs: ballooning.gaveAtMs + byMs } }),
    agent: { ...agent, askAtMs: agent.askAtMs + byMs },
    probes: Object.fromEntries(probes),
    retries: Object.fromEntries(retries),
  };
}

/** A stop that a record brings may lie ahead of a clock that was put back when nobody watched. */
export function stopWithinReason(stop: MachineStop, nowMs: number): MachineStop {
  return stop.sinceMs > nowMs ? movedStop(stop, nowMs - stop.sinceMs) : stop;
}

function movedStop(stop: MachineStop, byMs: number): MachineStop {
  return {
    ...stop,
    sinceMs: stop.sinceMs + byMs,
    deadlineMs: stop.deadlineMs + byMs,
    ...(stop.pressedAtMs !== undefined && { pressedAtMs: stop.pressedAtMs + byMs }),
  };
}

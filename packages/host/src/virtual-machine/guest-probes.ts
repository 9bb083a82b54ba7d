import type { VirtualMachineInstanceSpec, VirtualMachineProbe } from '@godwit/kinds';
import { graceMs } from './life-end.ts';
import type { MachineInput } from './machine-input.ts';
import { type MachineState, type ProbeCount, type ProbeType, probeTypes } from './machine-state.ts';
import type { StepContext } from './step-context.ts';
import { beginStop } from './stop.ts';

/** Until a guest is ready for the first time it is asked soon, then less and less often up to its period. */
const FIRST_RETRY_MS = 100;

export function probeOf(spec: VirtualMachineInstanceSpec, type: ProbeType): VirtualMachineProbe | undefined {
  return spec[`${type}Probe`];
}

/** Probes of a running guest, with the moment at which each is due. */
export function dueProbes(
  state: MachineState,
): readonly { type: ProbeType; probe: VirtualMachineProbe; atMs: number }[] {
  const { machine, view, stage } = state;
  if (!machine || !view || view.run !== 'running') return [];
  return probeTypes.flatMap((type) => {
    const probe = probeOf(machine.spec, type);
    if (!probe || (stage !== 'running' && type === 'liveness')) return [];
    const firstAtMs = view.startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000;
    return [{ type, probe, atMs: state.probes[type]?.nextAtMs ?? firstAtMs }];
  });
}

/** Takes the outcome of one probe into account. */
export function probeEnded(
  state: MachineState,
  input: Extract<MachineInput, { type: 'probed' }>,
  context: StepContext,
): MachineState {
  const probe = state.machine && probeOf(state.machine.spec, input.probe);
  if (!probe || !state.view) return state;
  const before = state.probes[input.probe];
  const count = counted(before, input, probe, context.nowMs);
  const known = { ...state, probes: { ...state.probes, [input.probe]: count } };
  if (!input.ok && before?.passing !== false && count.passing === false) {
    context.tell('Warning', 'Unhealthy', `The ${input.probe} probe failed: ${input.message}.`);
    if (input.probe === 'liveness') return beginStop(known, 'liveness', graceMs(state), context);
  }
  return known;
}

function counted(
  before: ProbeCount | undefined,
  { probe: type, ok, message }: Extract<MachineInput, { type: 'probed' }>,
  probe: VirtualMachineProbe,
  nowMs: number,
): ProbeCount {
  const successes = ok ? (before?.successes ?? 0) + 1 : 0;
  const failures = ok ? 0 : (before?.failures ?? 0) + 1;
  const passing =
    successes >= (probe.successThreshold ?? 1) || (failures >= (probe.failureThreshold ?? 3) ? false : before?.passing);
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const eager = type === 'readiness' && !ok && before?.passing !== true;
  const waitMs = eager ? Math.min(periodMs, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16)) : periodMs;
  return { nextAtMs: nowMs + waitMs, successes, failures, passing, message };
}

/** Whether the readiness probe, where there is one, passes. */
export function isReady(state: MachineState): boolean {
  if (!state.machine || !probeOf(state.machine.spec, 'readiness')) return true;
  return state.probes.readiness?.passing === true;
}

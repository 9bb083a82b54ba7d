import type { MachineState, Outcome } from './machine-state.ts';
import type { StepContext } from './step-context.ts';

/** How long the guest may take to go down, in milliseconds. */
export function graceMs({ machine }: MachineState): number {
  return (machine?.spec.terminationGracePeriodSeconds ?? 30) * 1000;
}

/** What it means that the process is gone. */
export function endOf(state: MachineState, message: string): Outcome {
  if (state.stop?.reason === 'liveness') return unhealthy(state);
  if (state.stop) return { phase: 'Succeeded', reason: 'Stopped', message: 'stopped as told' };
  return { phase: 'Failed', reason: 'Crashed', message };
}

/** A guest that was stopped because it was ill has failed, however orderly it went down. */
export function unhealthy(state: MachineState): Outcome {
  const message = state.probes.liveness?.message ?? 'the liveness probe failed';
  return { phase: 'Failed', reason: 'LivenessProbeFailed', message };
}

/** Its life is over: everything of it is taken away. */
export function finish(state: MachineState, outcome: Outcome, context: StepContext): MachineState {
  if (state.stage === 'cleaning' || state.stage === 'ended') return state;
  if (outcome.phase === 'Failed') context.tell('Warning', outcome.reason, outcome.message);
  else context.tell('Normal', 'Stopped', `The virtual machine has stopped: ${outcome.message}.`);
  // What could not be begun has not to be waited for any more.
  const { status } = state.retries;
  const retries = status ? { status } : {};
  const agent = { connected: false, askAtMs: 0 };
  return { ...state, stage: 'cleaning', outcome: state.outcome ?? outcome, retries, agent };
}

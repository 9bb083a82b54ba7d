import type { Step, Tick } from '../machine/index.ts';
import { followBalloon } from './ballooning.ts';
import { endOf, finish } from './life-end.ts';
import type { MachineEvent, MachineInput, VirtualMachineAction } from './machine-input.ts';
import type { MachineState } from './machine-state.ts';
import { withConditions } from './machine-status.ts';
import { reduce } from './reduce.ts';
import type { StepContext } from './step-context.ts';
import { overdue } from './stop.ts';
import { wantedActions } from './wanted-actions.ts';

/** One step of a virtual machine's loop. Pure. */
export function stepMachine(
  before: MachineState,
  input: MachineInput | Tick,
  nowMs: number,
): Step<MachineState, VirtualMachineAction> {
  const events: MachineEvent[] = [];
  const context: StepContext = { nowMs, tell: (level, reason, message) => events.push({ level, reason, message }) };
  const reduced = reduce(before, input, context);
  const patient = overdue(reduced, nowMs) ? finish(reduced, endOf(reduced, 'patience ended'), context) : reduced;
  const state = withConditions(followBalloon(patient, context), nowMs);
  const wanted = wantedActions(state, nowMs);
  const told = events.map((event): VirtualMachineAction => ({ type: 'event', name: 'event', event }));
  return { state, actions: [...wanted.actions, ...told], wakeAtMs: wanted.wakeAtMs, finished: isOver(state) };
}

/** Nothing is left, and nobody has to be told of it any more. */
function isOver(state: MachineState): boolean {
  if (state.stage !== 'ended') return false;
  if (state.absent) return true;
  // When the host goes down the API may be gone before us: one try to tell it is enough.
  if (!state.hostEnds) return false;
  return state.retries.status !== undefined || wantedActions(state, 0).actions.length === 0;
}

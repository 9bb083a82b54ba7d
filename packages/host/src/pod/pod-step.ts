import type { Step, Tick } from '../machine/index.ts';
import { advance } from './advance.ts';
import { decide } from './decide.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import type { PodState } from './pod-state.ts';
import { reduce, type StepContext } from './reduce.ts';

/** The pod's machine: the input is taken in, what follows by itself happens, and what is wanted is said. */
export function stepPod(state: PodState, input: PodInput | Tick, nowMs: number): Step<PodState, PodAction> {
  const context: StepContext = { nowMs, events: [] };
  const next = advance(reduce(state, input, context), context);
  const { wishes, finished } = decide(next, nowMs);
  const events = context.events.map((event): PodAction => ({ type: 'event', name: event.reason, event }));
  return { state: next, actions: [...events, ...wishes.actions], wakeAtMs: wishes.wakeAtMs, finished };
}

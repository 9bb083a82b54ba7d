import { counted } from '@godwit/base';
import { readableBytes } from '@godwit/kinds';
import { memoryOf } from './ballooning.ts';
import { wantedMemoryBytes } from './guest-size.ts';
import type { MachineInput } from './machine-input.ts';
import { type MachineState, withoutRetry } from './machine-state.ts';
import type { StepContext } from './step-context.ts';

type SizeInput = Extract<MachineInput, { type: 'sockets-set' | 'memory-set' | 'memory-seen' }>;

/** The state after the guest was given another size, or was looked at. */
export function resized(state: MachineState, input: SizeInput, context: StepContext): MachineState {
  const { view } = state;
  if (!view) return state;
  switch (input.type) {
    case 'sockets-set': {
      const { sockets, pluggedSockets } = input.has;
      const all = pluggedSockets > sockets ? `${sockets} of its ${pluggedSockets} sockets` : counted(sockets, 'socket');
      context.tell('Normal', 'Resized', `The guest has the use of ${all}.`);
      return withoutRetry({ ...state, view: { ...view, ...input.has } }, 'sockets');
    }
    case 'memory-set': {
      const { memoryBytes, askedBytes } = input;
      const asked = { ...state, view: { ...view, memoryBytes }, askedBytes, memoryNews: state.memoryNews + 1 };
      return withoutRetry(asked, 'memory');
    }
    case 'memory-seen': {
      const seen = { ...view, ...input.has };
      const wantedBytes = state.machine ? wantedMemoryBytes(state.machine.spec) : 0;
      if (memoryOf(seen) === wantedBytes && memoryOf(view) !== wantedBytes) {
        context.tell('Normal', 'Resized', `The guest has ${readableBytes(wantedBytes)} of memory.`);
      }
      return withoutRetry({ ...state, view: seen, memorySeen: input.news }, 'look');
    }
  }
}

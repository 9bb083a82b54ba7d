import { counted } from '@godwit/base';
import { readableBytes, wholeUnits } from '@godwit/kinds';
import { keepsMemory, memoryOf } from './ballooning.ts';
import { hasBalloon, MEMORY_BLOCK_BYTES, wantedMemoryBytes } from './guest-size.ts';
import type { KnownCondition, MachineState } from './machine-state.ts';

/** A condition, but for when it began. */
export type Verdict = Omit<KnownCondition, 'lastTransitionTime'>;

/**
 * What is told of a guest that does not have the size that it is to have: KubeVirt's conditions HotVCPUChange and
 * HotMemoryChange. True while it is being given; False when it cannot be, and why.
 */
export function sizeVerdicts(state: MachineState): Verdict[] {
  if (state.stage !== 'running') return [];
  return [...processors(state), ...memory(state)];
}

function processors({ machine, view, retries }: MachineState): Verdict[] {
  const sockets = machine?.spec.domain.cpu?.sockets;
  if (!view || sockets === undefined || sockets === view.sockets) return [];
  return [
    verdict(
      'HotVCPUChange',
      retries.sockets,
      `The guest has ${counted(view.sockets, 'socket')} and is to have ${sockets}.`,
    ),
  ];
}

function memory({ machine, view, retries, ballooning }: MachineState): Verdict[] {
  const type = 'HotMemoryChange';
  const wantedBytes = machine ? wantedMemoryBytes(machine.spec) : 0;
  if (!machine || !view || wantedBytes === 0) return [];
  const hasBytes = memoryOf(view);
  if (hasBytes === wantedBytes) return [];
  const isLeft = ballooning?.leftBytes !== undefined || !hasBalloon(machine.spec);
  if (hasBytes > wantedBytes && isLeft && !retries.memory) {
    // What of a block is too much was not asked for: nobody has to know that the guest has it.
    const atBootBytes = wholeUnits(machine.status?.memory?.guestAtBoot);
    const ofBlock = view.memoryBytes > atBootBytes && view.memoryBytes - wantedBytes < MEMORY_BLOCK_BYTES;
    if (ofBlock) return [];
    const why = hasBalloon(machine.spec) ? keepsMemory(hasBytes, wantedBytes) : 'It has no memory balloon.';
    return [{ type, status: 'False', reason: 'GuestKeepsMemory', message: why }];
  }
  const [has, wanted] = [hasBytes, wantedBytes].map(readableBytes);
  return [verdict(type, retries.memory, `The guest has ${has} of memory and is to have ${wanted}.`)];
}

function verdict(type: string, trouble: MachineState['retries'][string] | undefined, underWay: string): Verdict {
  if (!trouble) return { type, status: 'True', reason: 'Resizing', message: underWay };
  return { type, status: 'False', reason: trouble.reason, message: trouble.message };
}

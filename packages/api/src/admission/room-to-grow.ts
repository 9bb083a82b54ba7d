import {
  type KubeObject,
  movingTo,
  type Pod,
  thousandths,
  type VirtualMachineInstance,
  wholeUnits,
} from '@godwit/kinds';
import { allocationKey, roomOn } from '../operations/allocation.ts';
import type { Engine } from '../operations/engine.ts';
import type { Admitter } from './admitter.ts';

/**
 * A machine that has a host and is to become larger must have room there: it is judged like a binding, in the same
 * batch as the write.
 */
export function roomToGrow(engine: Engine): Promise<Admitter> {
  return Promise.resolve({
    name: 'room-to-grow',
    async admit({ operation, address, kind, object, old, hold, append }) {
      const size = sizes[`${kind.group}/${kind.plural}`];
      if (!size || operation !== 'update' || old === undefined || address.subresource === 'status') return;
      const nodes = size.nodes(old).filter((node) => node !== undefined && node !== '') as string[];
      if (nodes.length === 0 || !grows(size.amounts(old), size.amounts(object as KubeObject))) return;
      for (const node of nodes.toSorted()) {
        await hold(allocationKey(node));
        append(await roomOn(engine, kind, address.name ?? '', node, object as KubeObject));
      }
    },
  });
}

interface Sized {
  /** Its host, and the one that it is on its way to. */
  nodes(machine: KubeObject): readonly (string | undefined)[];
  /** Amounts whose rise needs room, in any order that stays. */
  amounts(machine: KubeObject): readonly number[];
}

const sizes: Readonly<Record<string, Sized>> = {
  'kubevirt.io/virtualmachineinstances': {
    nodes: (machine) => [
      (machine as VirtualMachineInstance).status?.nodeName,
      movingTo(machine as VirtualMachineInstance),
    ],
    amounts: (machine) => {
      const { cpu, memory } = (machine as VirtualMachineInstance).spec.domain;
      return [cpu?.sockets ?? 1, wholeUnits(memory?.guest)];
    },
  },
  '/pods': {
    nodes: (machine) => [(machine as Pod).spec.nodeName],
    amounts: (machine) =>
      [...(machine as Pod).spec.containers, ...((machine as Pod).spec.initContainers ?? [])].flatMap(
        ({ resources }) => {
          const { cpu, memory } = { ...resources?.limits, ...resources?.requests };
          return [thousandths(cpu), wholeUnits(memory)];
        },
      ),
  },
};

function grows(before: readonly number[], after: readonly number[]): boolean {
  return after.some((amount, index) => amount > (before[index] ?? 0));
}

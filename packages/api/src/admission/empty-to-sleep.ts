import { type KubeObject, type Node, sleepOf } from '@godwit/kinds';
import { allocationKey, machinesOn } from '../operations/allocation.ts';
import type { Engine } from '../operations/engine.ts';
import { conflict } from '../validation/index.ts';
import type { Admitter } from './admitter.ts';

/**
 * A node is told to sleep only while nothing is on it or on its way to it. It is judged like a binding, and advances what
 * every binding there advances: of a machine that comes and a node that goes to sleep, one is refused.
 */
export function emptyToSleep(engine: Engine): Promise<Admitter> {
  return Promise.resolve({
    name: 'empty-to-sleep',
    async admit({ operation, address, kind, object, old, hold, append }) {
      if (operation !== 'update' || kind.group !== '' || kind.plural !== 'nodes') return;
      const name = address.name ?? '';
      // One that is off and has machines all the same is to be woken for them.
      if (sleepOf(object as Node) !== 'asleep' || (old && sleepOf(old as Node) !== undefined)) return;
      const key = allocationKey(name);
      await hold(key);
      const entry = await engine.store.get(key);
      // As for a binding: the caches that are waited for then show every binding that the key stands for.
      await engine.current();
      const [machine] = machinesOn(engine, name).filter((one) => !hasEnded(one));
      if (machine) {
        const { namespace, name: whose } = machine.metadata;
        throw conflict(kind, name, `${machine.kind} ${namespace}/${whose} is on it or on its way to it`);
      }
      append({ key, body: { text: '{}' }, previous: entry?.revision ?? 0 });
    },
  });
}

function hasEnded(machine: KubeObject): boolean {
  const { phase } = (machine as { readonly status?: { readonly phase?: string } }).status ?? {};
  return phase === 'Succeeded' || phase === 'Failed';
}

import type { Draft, Pod } from '@godwit/kinds';
import { allocationKey, roomOn } from '../operations/allocation.ts';
import type { Engine } from '../operations/engine.ts';
import { scheduled } from '../operations/scheduled.ts';
import { addressed } from './addresses/machine-address.ts';
import type { Admitter } from './admitter.ts';

/**
 * A pod whose manifest names its node is bound as it is made, without any scheduler: it is judged like a binding, and
 * gets an address and its room in the batch that makes it.
 */
export function bornOnNode(engine: Engine): Promise<Admitter> {
  return Promise.resolve({
    name: 'born-on-node',
    async admit({ operation, kind, object, hold, append, onEnd }) {
      if (operation !== 'create' || kind.group !== '' || kind.plural !== 'pods') return;
      const pod = object as Draft<Pod>;
      const node = pod.spec.nodeName;
      if (!node) return;
      await hold(allocationKey(node));
      append(await roomOn(engine, kind, pod.metadata.name ?? '', node, pod as Pod));
      const { metadata, status } = addressed(engine.addresses, kind, pod as Pod, { append, onEnd });
      Object.assign(pod, { metadata, status: scheduled(status, engine.now()) });
    },
  });
}

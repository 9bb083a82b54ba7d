import { movingTo, nodeNameLabel, StatusFailure, type VirtualMachineInstance } from '@godwit/kinds';
import type { Admitter } from './admitter.ts';

/**
 * A move begins at the subresource `move`, which takes the room for it, and nowhere else. An instance is on the host to
 * which it was bound, or to which it was moved: who writes that it is elsewhere now can only mean the host where it was
 * given room. The label that names its host goes with it.
 */
export function moveEnd(): Promise<Admitter> {
  return Promise.resolve({
    name: 'move-end',
    admit({ operation, address, kind, object, old }) {
      if (operation !== 'update' || address.subresource !== 'status' || !old) return;
      if (kind.group !== 'kubevirt.io' || kind.plural !== 'virtualmachineinstances') return;
      const before = old as VirtualMachineInstance;
      const after = object as unknown as VirtualMachineInstance;
      const coming = movingTo(after);
      if (coming !== undefined && coming !== movingTo(before)) {
        throw new StatusFailure('Conflict', `a move to node "${coming}" begins at the subresource move`);
      }
      const from = before.status?.nodeName ?? '';
      const to = after.status?.nodeName ?? '';
      if (from === '' || to === '' || from === to) return;
      if (to !== movingTo(before)) {
        throw new StatusFailure('Conflict', `it is on node "${from}", and not on its way to node "${to}"`);
      }
      object.metadata.labels = { ...object.metadata.labels, [nodeNameLabel]: to };
    },
  });
}

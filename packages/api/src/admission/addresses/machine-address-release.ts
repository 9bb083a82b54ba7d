import type { Engine } from '../../operations/engine.ts';
import type { Admitter } from '../admitter.ts';

const holders = new Set(['/pods', 'kubevirt.io/virtualmachineinstances', 'kubevirt.io/virtualmachines']);

/**
 * Gives the addresses of a machine back in the batch of its final deletion. An instance of a VirtualMachine
 * holds none itself: its machine does, and keeps it.
 */
export async function machineAddressRelease(engine: Engine): Promise<Admitter | undefined> {
  const pool = engine.addresses;
  if (!pool) return undefined;
  return {
    name: 'machine-address-release',
    async release({ kind, address, object, append }) {
      if (!holders.has(`${kind.group}/${kind.plural}`)) return;
      await engine.current();
      const { namespace = '' } = address;
      const parent = { group: kind.group, resource: kind.plural, namespace, name: object.metadata.name ?? '' };
      for (const write of pool.release(parent)) append(write);
    },
  };
}

import { Failure } from '@godwit/base';
import { MEMORY_BLOCK_BYTES } from '../../virtual-machine/guest-size.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** What of a guest's memory is there, in bytes. */
export interface MemorySize {
  readonly plugged: number;
  /** What of it the balloon leaves to the guest, as QEMU counts the pages that the guest has given. */
  readonly left: number;
}

export async function readMemory(machine: QemuMachine): Promise<MemorySize> {
  const [plugged, balloon] = await Promise.all([
    countMemory(machine),
    // A machine may have been made without one.
    machine.execute('query-balloon').catch(() => undefined),
  ]);
  return { plugged, left: Math.min(plugged, balloon?.actual ?? plugged) };
}

/** Plugs one memory module that brings the guest to `bytes` in all, rounded up to what guests can take. */
export async function growMemory(machine: QemuMachine, bytes: number): Promise<void> {
  const missing = bytes - (await countMemory(machine));
  if (missing <= 0) return;
  const size = Math.ceil(missing / MEMORY_BLOCK_BYTES) * MEMORY_BLOCK_BYTES;
  const used = new Set((await machine.execute('query-memory-devices')).map(({ data }) => data.id));
  let index = 0;
  while (used.has(`dimm${index}`)) index++;
  try {
    await machine.execute('object-add', { 'qom-type': 'memory-backend-ram', id: `memory${index}`, size });
    await machine.execute('device_add', { driver: 'pc-dimm', id: `dimm${index}`, memdev: `memory${index}` });
  } catch (error) {
    await machine.execute('object-del', { id: `memory${index}` }).catch(() => undefined);
    throw new Failure('cannot-grow', `the guest cannot get ${size} bytes more memory`, { cause: error });
  }
}

async function countMemory(machine: QemuMachine): Promise<number> {
  const summary = await machine.execute('query-memory-size-summary');
  return summary['base-memory'] + (summary['plugged-memory'] ?? 0);
}

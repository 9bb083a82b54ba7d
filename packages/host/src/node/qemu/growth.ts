import { Failure } from '@godwit/base';
import { MEMORY_BLOCK_BYTES } from './command-line/memory.ts';
import type { QemuMachine } from './qemu-machine.ts';

/**
 * Plugs processors until all of the first `sockets` sockets are there. Idempotent. Code `cannot-grow`. None is ever taken
 * out: without KVM, QEMU 7.2 dies when one is plugged again after that, and the guest with it.
 */
export async function setSockets(machine: QemuMachine, sockets: number): Promise<void> {
  const places = await machine.execute('query-hotpluggable-cpus');
  const all = new Set(places.map(({ props }) => props['socket-id'] ?? 0));
  if (sockets > all.size) {
    throw new Failure('cannot-grow', `the machine was started able to grow to ${all.size} sockets, not ${sockets}`);
  }
  const missing = places.filter(
    (place) => place['qom-path'] === undefined && (place.props['socket-id'] ?? 0) < sockets,
  );
  // QEMU lists the highest first; guests number processors in the order in which they come.
  for (const { type, props } of missing.reverse()) {
    const id = `cpu-${Object.values(props).join('-')}`;
    await machine.execute('device_add', { ...props, driver: type, id });
  }
}

/** How many sockets have a processor now. */
export async function countSockets(machine: QemuMachine): Promise<number> {
  const places = await machine.execute('query-hotpluggable-cpus');
  return new Set(places.filter((place) => place['qom-path'] !== undefined).map(({ props }) => props['socket-id'] ?? 0))
    .size;
}

export async function countMemory(machine: QemuMachine): Promise<number> {
  const summary = await machine.execute('query-memory-size-summary');
  return summary['base-memory'] + (summary['plugged-memory'] ?? 0);
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

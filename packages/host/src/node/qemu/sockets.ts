import { Failure, hasCode } from '@godwit/base';
import { limitProcessorTime, type OwnGroup, processorTimeOf } from '../process/index.ts';
import type { QemuMachine } from './qemu-machine.ts';
import type { HotpluggableCpu } from './qmp/index.ts';

/** What of a guest's processors is there, in sockets. */
export interface Sockets {
  /** Whose time it may use. */
  readonly usable: number;
  /** That it sees. */
  readonly plugged: number;
}

/**
 * Gives the guest so many sockets in all. Idempotent. What is missing is plugged; of what is too much the guest keeps the
 * sight, and loses the time. Codes `cannot-grow`, `cannot-shrink`.
 *
 * Processors are not taken out (`device_del`), though guests let go of them. Without KVM, QEMU 7.2 frees the address
 * translations of one that goes, and still flushes them at each later change of the machine's memory map: its heap is
 * broken, and the next plug or reset ends the process. With KVM there are none, but a processor that has run keeps its
 * place in the kernel, and where that refuses to be set up again (EINVAL, seen with Linux 6.18) QEMU ends itself.
 */
export async function setSockets(machine: QemuMachine, sockets: number, group: OwnGroup): Promise<void> {
  const places = await machine.execute('query-hotpluggable-cpus');
  const most = new Set(places.map(socketOf)).size;
  if (sockets > most) {
    throw new Failure('cannot-grow', `the machine was started able to grow to ${most} sockets, not ${sockets}`);
  }
  const missing = places.filter((place) => place['qom-path'] === undefined && socketOf(place) < sockets);
  // QEMU lists the highest first; guests number processors in the order in which they come.
  for (const { type, props } of missing.reverse()) {
    const id = `cpu-${Object.values(props).join('-')}`;
    await machine.execute('device_add', { ...props, driver: type, id });
  }
  const before = await readSockets(machine);
  if (before.usable === sockets) return;
  const processors = sockets < before.plugged ? sockets * processorsInSocket(places) : undefined;
  try {
    await limitProcessorTime(machine.process.pid, group, processors);
  } catch (error) {
    if (!hasCode(error, 'cannot-limit')) throw error;
    const message = 'processors cannot be taken from this guest while it runs';
    throw new Failure('cannot-shrink', message, { cause: error });
  }
}

export async function readSockets(machine: QemuMachine): Promise<Sockets> {
  const places = await machine.execute('query-hotpluggable-cpus');
  const plugged = new Set(places.filter((place) => place['qom-path'] !== undefined).map(socketOf)).size;
  const time = await processorTimeOf(machine.process.pid);
  if (time === undefined) return { usable: plugged, plugged };
  return { usable: Math.min(plugged, Math.ceil(time / processorsInSocket(places))), plugged };
}

function socketOf({ props }: HotpluggableCpu): number {
  return props['socket-id'] ?? 0;
}

function processorsInSocket(places: readonly HotpluggableCpu[]): number {
  return places.filter((place) => socketOf(place) === 0).reduce((sum, place) => sum + place['vcpus-count'], 0);
}

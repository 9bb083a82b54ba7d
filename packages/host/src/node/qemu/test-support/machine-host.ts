import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock, silentLog, type World } from '@godwit/base';
import { SystemIds, systemRandom } from '@godwit/base/node';
import { ApiClient, EventRecorder } from '@godwit/client';
import type { MachineOrder, Stored, VirtualMachineInstance, VirtualMachineInstanceSpec } from '@godwit/kinds';
import { FakeNetwork } from '../../../fake/network.ts';
import type { NetworkDriver } from '../../../network-driver.ts';
import { VirtualMachineManager } from '../../../virtual-machine/index.ts';
import { MemoryDoor } from '../../../virtual-machine/test-support/memory-door.ts';
import { ImageFiles, ImageResolver } from '../../images/index.ts';
import { isAlive } from '../../network/test-support/network-harness.ts';
import { FileRecords } from '../../records/file-records.ts';
import { FolderVolumes } from '../../volume/index.ts';
import { QemuHypervisor } from '../qemu-hypervisor.ts';

export const TINY_IMAGE = 'localhost/godwit/tiny:latest';

const KERNEL_ARGUMENTS =
  'console=ttyS0 quiet tsc=reliable no_timer_check mitigations=off apparmor=0 nokaslr random.trust_cpu=on cryptomgr.notests';

/** A spec that boots the tiny guest's kernel straight away. */
export const tinyKernel: Partial<VirtualMachineInstanceSpec> = {
  domain: {
    cpu: { cores: 1, sockets: 1, threads: 1, maxSockets: 2 },
    memory: { guest: '192Mi', maxGuest: '1Gi' },
    firmware: {
      kernelBoot: {
        kernelArgs: KERNEL_ARGUMENTS,
        container: {
          image: TINY_IMAGE,
          imagePullPolicy: 'Never',
          kernelPath: '/boot/vmlinuz',
          initrdPath: '/boot/initrd',
        },
      },
    },
    devices: { interfaces: [{ name: 'default', masquerade: {} }] },
  },
};

export type MachineHost = ReturnType<typeof openMachineHost>;

/** QEMU, images and volumes of a host for real; its network is QEMU's own, and its API a handful of objects. */
export function openMachineHost(state: string, door = new MemoryDoor()) {
  const world: World = { clock: new SystemClock(), random: systemRandom(), ids: new SystemIds(), log: silentLog };
  const client = new ApiClient(door, world);
  const resolver = new ImageResolver({ stores: ['/var/lib/containers/storage'] });
  const hypervisor = new QemuHypervisor({
    world,
    machines: join(state, 'machines'),
    keep: join(state, 'firmware'),
    images: new ImageFiles(join(state, 'images'), resolver),
    volumes: new FolderVolumes(join(state, 'volumes')),
    acceleration: { type: 'tcg', reason: 'tests run everywhere' },
    hostDiskFolders: [join(state, 'disks')],
  });
  const manager = new VirtualMachineManager({
    world,
    client,
    events: new EventRecorder(client, 'test'),
    hypervisor,
    network: new UserNetwork(world.clock),
    records: new FileRecords(join(state, 'machines'), 'virtual-machine'),
    bootId: 'this-boot',
  });
  const instance = (name: string) =>
    door.all('virtualmachineinstances').find(({ metadata }) => metadata.name === name) as
      | Stored<VirtualMachineInstance>
      | undefined;
  const machineName = (name: string, uid: string) =>
    ({ kind: 'VirtualMachineInstance', namespace: 'default', name, uid }) as const;
  return {
    door,
    manager,
    hypervisor,
    instance,
    events: () => door.all('events').map((event) => Object.values(event).map(String).join(' ')),
    order: (name: string, uid: string, order: MachineOrder) => manager.order(machineName(name, uid), order),
    async screenshot(name: string, uid: string): Promise<Uint8Array> {
      return firstBytes(manager, machineName(name, uid), 'vnc-screenshot');
    },
    async firstWords(name: string, uid: string, type: 'vnc' | 'console'): Promise<string> {
      return new TextDecoder().decode(await firstBytes(manager, machineName(name, uid), type));
    },
    console: (name: string, uid: string) => openConsole(manager, machineName(name, uid)),
    pid(uid: string): number | undefined {
      const path = join(state, 'machines', uid, 'qemu.pid');
      const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
      return pid !== undefined && isAlive(pid) ? pid : undefined;
    },
    serialLog(uid: string): string {
      const path = join(state, 'machines', uid, 'serial.log');
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    },
    /** The manager lets go; machines run on. */
    abandon: () => manager.release(),
    async close(): Promise<void> {
      await manager.release();
      for (const uid of await hypervisor.list()) await hypervisor.kill(uid);
      await hypervisor.release();
    },
  };
}

/** Machines get QEMU's user network instead of a tap: these tests need no rights over the host's network. */
class UserNetwork extends FakeNetwork implements NetworkDriver {
  override async attach(request: Parameters<NetworkDriver['attach']>[0]) {
    const { tapName: _, ...port } = await super.attach(request);
    return port;
  }
}

async function firstBytes(
  manager: VirtualMachineManager,
  name: Parameters<VirtualMachineManager['stream']>[0],
  type: 'vnc' | 'vnc-screenshot' | 'console',
): Promise<Uint8Array> {
  const { main } = await manager.stream(name, { type }, new AbortController().signal);
  for await (const bytes of main.incoming) {
    main.abort();
    return bytes;
  }
  return new Uint8Array();
}

async function openConsole(manager: VirtualMachineManager, name: Parameters<VirtualMachineManager['stream']>[0]) {
  const { main } = await manager.stream(name, { type: 'console' }, new AbortController().signal);
  const incoming = main.incoming[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let unread = '';
  return {
    type: (text: string) => main.write(new TextEncoder().encode(text)),
    /** Reads on until `word` comes; returns what came before. */
    async readUntil(word: string): Promise<string> {
      const late = AbortSignal.timeout(PATIENCE_MS);
      late.addEventListener('abort', () => main.abort());
      for (;;) {
        const at = unread.indexOf(word);
        if (at >= 0) {
          const text = unread.slice(0, at);
          unread = unread.slice(at + word.length);
          return text;
        }
        const next = await incoming.next();
        if (next.done) throw new Error(`the console ended before ${word}: ${unread}`);
        unread += decoder.decode(next.value, { stream: true });
      }
    },
    close: () => main.end(),
  };
}

/** Longest that a guest without acceleration takes for anything on a slow machine with others on it. */
const PATIENCE_MS = 180_000;

/** Waits for a state of the world, looking often. */
export async function waitFor(what: string, holds: () => boolean): Promise<void> {
  const clock = new SystemClock();
  const untilMs = clock.monotonic() + PATIENCE_MS;
  while (!holds()) {
    if (clock.monotonic() > untilMs) throw new Error(`waited ${PATIENCE_MS} ms in vain for ${what}`);
    await clock.sleep(20);
  }
}

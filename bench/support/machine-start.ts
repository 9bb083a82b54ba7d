import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GodwitUnderTest } from '../../test/support/godwit.ts';
import { tinyFirmware } from '../../test/support/tiny-machine.ts';
import type { RawClient } from './raw-client.ts';
import { must, poll } from './run.ts';

const COLLECTION = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances';
/** The first thing that the tiny guest's init says. */
const USERLAND = 'godwit-tiny: userland is up';

/** Starts tiny virtual machines through the API, and with the very same QEMU command by hand. */
export class MachineStarter {
  readonly #godwit: GodwitUnderTest;
  readonly #client: RawClient;
  readonly #handFolder: string;
  /** What Godwit ran last, and the folder that it ran it in. */
  #command: readonly string[] = [];
  #folder = '';

  constructor(godwit: GodwitUnderTest, client: RawClient) {
    this.#godwit = godwit;
    this.#client = client;
    this.#handFolder = join(godwit.state, 'by-hand');
  }

  /** Milliseconds from the request to the first line of userland. */
  readonly ours = async (index: number): Promise<number> => {
    const name = `start-${index}`;
    const startedMs = performance.now();
    const { status, text } = await this.#client.request('POST', COLLECTION, instance(name), { keepText: true });
    if (status !== 201) throw new Error(text);
    const { metadata } = JSON.parse(text) as { metadata: { uid: string } };
    this.#folder = join(this.#godwit.state, 'machines', metadata.uid);
    await userland(this.#folder);
    const tookMs = performance.now() - startedMs;
    const pid = readFileSync(join(this.#folder, 'qemu.pid'), 'utf8').trim();
    this.#command = commandOf(pid);
    await this.#client.request('DELETE', `${COLLECTION}/${name}?gracePeriodSeconds=0`);
    while ((await this.#client.request('GET', `${COLLECTION}/${name}`)).status !== 404) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return tookMs;
  };

  /** The same in the same network namespace, on a tap of the same name. */
  readonly byHand = async (): Promise<number> => {
    const namespace = `godwit-${this.#godwit.instanceId}`;
    const command = this.#command.map((part) => part.replaceAll(this.#folder, this.#handFolder));
    const tap = /ifname=([^,]+)/.exec(command.join(' '))?.[1] ?? '';
    const inside = ['netns', 'exec', namespace, 'ip'];
    mkdirSync(this.#handFolder);
    await must('ip', [...inside, 'tuntap', 'add', tap, 'mode', 'tap']);
    try {
      const startedMs = performance.now();
      // In a session of its own, as Godwit starts it: the kernel shares processors out by session.
      const options = { stdio: 'ignore', detached: true } as const;
      const child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...command], options);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      try {
        await userland(this.#handFolder);
        return performance.now() - startedMs;
      } finally {
        child.kill('SIGKILL');
        await gone;
      }
    } finally {
      await must('ip', [...inside, 'link', 'delete', tap]);
      rmSync(this.#handFolder, { recursive: true });
    }
  };
}

function userland(folder: string): Promise<true> {
  const log = join(folder, 'serial.log');
  return poll(`userland of ${folder}`, () => existsSync(log) && readFileSync(log, 'latin1').includes(USERLAND));
}

function commandOf(pid: string): string[] {
  const parts = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return parts.slice(0, -1);
}

function instance(name: string): string {
  return JSON.stringify({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      domain: {
        memory: { guest: '128Mi' },
        devices: { interfaces: [{ name: 'default', masquerade: {} }] },
        firmware: JSON.parse(tinyFirmware),
      },
      networks: [{ name: 'default', pod: {} }],
    },
  });
}

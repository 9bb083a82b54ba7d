import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemIds } from '@godwit/base/node';
import type { MachineOrder, Stored, VirtualMachineInstance, VirtualMachineInstanceSpec } from '@godwit/kinds';
import { deleted, testInstance } from '../../../virtual-machine/test-support/instance.ts';
import { type MachineHost, openMachineHost, TINY_IMAGE, waitFor } from './machine-host.ts';

const ids = new SystemIds();

/** Why no machine can be run here; undefined where one can. */
export function whyNoMachines(): string | undefined {
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0) return 'qemu-system-x86_64 is not installed';
  if (spawnSync('podman', ['image', 'exists', TINY_IMAGE]).status !== 0)
    return `no image ${TINY_IMAGE}: godwit image tiny`;
  return undefined;
}

/** One machine on a host of its own, whose program may leave it and come back. `close` takes everything away. */
export class MachineUnderTest {
  readonly name: string;
  readonly state: string = mkdtempSync(join(tmpdir(), 'godwit-qemu-'));
  /** Of its present run. */
  uid = '';
  #host: MachineHost;

  constructor(name = 'tiny') {
    this.name = name;
    this.#host = openMachineHost(this.state);
  }

  /** Where it is now: another one once the program came back. */
  get host(): MachineHost {
    return this.#host;
  }

  /** Asks for a new run of it. */
  start(spec: Partial<VirtualMachineInstanceSpec>): void {
    this.bind(spec);
    this.#host.manager.ensure(this.object);
  }

  /** Has the API know a new run of it, of which the host has not heard yet. */
  bind(spec: Partial<VirtualMachineInstanceSpec>, uid: string = ids.uuid()): void {
    this.uid = uid;
    this.#host.door.put('virtualmachineinstances', testInstance(this.name, uid, spec));
  }

  /** As the API has it. */
  get object(): Stored<VirtualMachineInstance> {
    const object = this.#host.instance(this.name);
    if (object === undefined) throw new Error(`there is no ${this.name}`);
    return object;
  }

  get status(): VirtualMachineInstance['status'] {
    return this.#host.instance(this.name)?.status;
  }

  condition(type: string) {
    return this.status?.conditions?.find((one) => one.type === type);
  }

  /** Of its QEMU, while that runs. */
  get pid(): number | undefined {
    return this.#host.pid(this.uid);
  }

  get serialLog(): string {
    return this.#host.serialLog(this.uid);
  }

  console(): ReturnType<MachineHost['console']> {
    return this.#host.console(this.name, this.uid);
  }

  order(order: MachineOrder): Promise<unknown> {
    return this.#host.order(this.name, this.uid, order);
  }

  async runs(): Promise<void> {
    await waitFor('phase Running', () => this.status?.phase === 'Running');
  }

  /** The shell of the guest waits for a line: what is typed before may be lost. */
  async shell(): ReturnType<MachineHost['console']> {
    await waitFor('the guest', () => this.serialLog.includes('ready as'));
    const stream = await this.console();
    await stream.readUntil('# ');
    return stream;
  }

  /** The program lets go of it without a word. */
  leave(): Promise<void> {
    return this.#host.abandon();
  }

  /** A new program, over what the old one left. */
  async comeBack(): Promise<void> {
    this.#host = openMachineHost(this.state, this.#host.door);
    await this.#host.manager.adopt();
    this.#host.manager.ensure(this.object);
  }

  /** Deletes the object, and waits until the host lets it go. */
  async delete(): Promise<void> {
    this.#host.manager.ensure(
      this.#host.door.put('virtualmachineinstances', deleted(this.object)) as typeof this.object,
    );
    await waitFor('the finalizer to come off', () => this.object.metadata.finalizers?.length === 0);
  }

  /** The object is gone: nothing of the machine may be left. */
  async forget(): Promise<void> {
    this.#host.manager.absent(this.uid);
    await waitFor('nothing to be left', () => this.#host.manager.known().length === 0);
  }

  async close(): Promise<void> {
    await this.#host.close();
    rmSync(this.state, { recursive: true, force: true });
  }
}

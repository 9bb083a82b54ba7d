import { describeError, Failure } from '@godwit/base';
import {
  type MachineName,
  type MachineOrder,
  type MachineStream,
  StatusFailure,
  type Stored,
  type StreamRequest,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import type { GuestView } from '../hypervisor-driver.ts';
import { MachineLoop, type MachineManager, type MachineRecords } from '../machine/index.ts';
import { addressesOf } from '../machine/machine-addresses.ts';
import type { MachineReading } from '../metrics/index.ts';
import { obeyOrder } from './guest-orders.ts';
import type { MachineInput, VirtualMachineAction } from './machine-input.ts';
import { adoptingState, arrivedState, type MachineRecord, stateOfRecord } from './machine-record.ts';
import { initialMachineState, type MachineState } from './machine-state.ts';
import { onceChannel } from './once-channel.ts';
import { VirtualMachineBehaviour, type VirtualMachineParts } from './virtual-machine-behaviour.ts';

type Loop = MachineLoop<MachineState, MachineInput, VirtualMachineAction>;

export interface VirtualMachineManagerOptions extends VirtualMachineParts {
  readonly records: MachineRecords;
}

/** The only part that a virtual machine is measured in; KubeVirt's container has this name. */
const PART = 'compute';
const CONNECT_TIMEOUT_MS = 5_000;
const SHUTDOWN_POLL_MS = 20;
/** How long a start of the program waits for machines that run and do not answer. */
const LONGEST_ADOPTION_MS = 5_000;

/** All virtual machines of one host. */
export class VirtualMachineManager implements MachineManager<VirtualMachineInstance> {
  readonly #options: VirtualMachineManagerOptions;
  readonly #loops = new Map<string, Loop>();

  constructor(options: VirtualMachineManagerOptions) {
    this.#options = options;
    options.hypervisor.listen((uid, event) => this.#loops.get(uid)?.send({ type: 'guest', event }));
  }

  async adopt(): Promise<void> {
    const { records, hypervisor, bootId, world } = this.#options;
    const known = await records.load();
    // A machine of which only the process is left, its record lost, is adopted too: so it can be ended.
    const uids = new Set([...known.keys(), ...(await hypervisor.list())]);
    const looks = [...uids].map(async (uid) => {
      const record = known.get(uid) as MachineRecord | undefined;
      const loop = this.#begin(uid, record ? stateOfRecord(uid, record) : adoptingState(uid));
      const view = await this.#look(uid);
      if (this.#loops.get(uid) !== loop) return;
      const stage = record?.stop?.reason === 'shutdown' ? 'preparing' : (record?.stage ?? 'preparing');
      const rebooted = record !== undefined && record.bootId !== bootId;
      loop.send({ type: 'adopted', view, stage, interfaces: record?.interfaces, rebooted });
      // Whoever asks for a console right after adoption finds the machine running.
      while (loop.state.stage === 'adopting' && this.#loops.get(uid) === loop) await world.clock.sleep(1);
    });
    // A machine that does not answer holds up nobody else: its loop waits until it does.
    await Promise.race([Promise.all(looks), world.clock.sleep(LONGEST_ADOPTION_MS)]);
  }

  ensure(machine: Stored<VirtualMachineInstance>): void {
    const { uid } = machine.metadata;
    const loop = this.#loops.get(uid) ?? this.#begin(uid, initialMachineState(uid));
    loop.send({ type: 'machine', machine });
  }

  /**
   * A machine has come here from another host while it runs: its process is here already, and is looked after from now
   * on as if it had been found by {@link adopt}.
   */
  async receive(machine: Stored<VirtualMachineInstance>): Promise<void> {
    const { uid } = machine.metadata;
    const loop = this.#begin(uid, arrivedState(machine));
    const view = await this.#look(uid);
    if (this.#loops.get(uid) === loop)
      loop.send({ type: 'adopted', view, stage: 'running', interfaces: undefined, rebooted: false });
  }

  /** A machine has gone to another host while it runs: what is left of it here is taken away, and it is not stopped. */
  async part(uid: string): Promise<void> {
    const { records, network } = this.#options;
    this.#loops.get(uid)?.release();
    this.#loops.delete(uid);
    await network.detach(uid);
    await records.remove(uid);
  }

  absent(uid: string): void {
    this.#loops.get(uid)?.send({ type: 'absent' });
  }

  known(): readonly string[] {
    return [...this.#loops.keys()];
  }

  async stream(machine: MachineName, request: StreamRequest, signal: AbortSignal): Promise<MachineStream> {
    const { hypervisor, network } = this.#options;
    const { uid, state } = this.#loop(machine);
    if (!state.view) throw new StatusFailure('Conflict', `VMI ${machine.name} is not running`);
    try {
      switch (request.type) {
        case 'console':
          return closingWith({ main: await hypervisor.console(uid) }, signal);
        case 'vnc':
          return closingWith({ main: await hypervisor.screen(uid) }, signal);
        case 'vnc-screenshot':
          return { main: onceChannel(await hypervisor.screenshot(uid)) };
        case 'port-forward': {
          const ip = addressesOf(state.machine)[0]?.ip;
          if (!ip) throw new Failure('address-missing', 'the machine has no address');
          return closingWith({ main: await network.connect(ip, request.port, CONNECT_TIMEOUT_MS) }, signal);
        }
        default:
          throw new StatusFailure('BadRequest', `a virtual machine has no ${request.type}`);
      }
    } catch (error) {
      if (error instanceof StatusFailure) throw error;
      throw new StatusFailure('ServiceUnavailable', `${request.type}: ${describeError(error)}`, undefined, error);
    }
  }

  order(machine: MachineName, order: MachineOrder): Promise<unknown> {
    const loop = this.#loop(machine);
    const announceReboot = () => loop.send({ type: 'rebooting' });
    const { hypervisor } = this.#options;
    return obeyOrder(order, { uid: loop.uid, name: machine.name, state: loop.state, hypervisor, announceReboot });
  }

  readings(): Promise<readonly MachineReading[]> {
    const usage = this.#options.hypervisor.usage();
    const readings = [...this.#loops.values()].flatMap(({ uid, state: { machine } }) => {
      const used = usage.get(uid);
      if (!machine || !used) return [];
      const { namespace = '', name } = machine.metadata;
      const { residentBytes: memoryBytes, ...part } = used;
      const kind = 'VirtualMachineInstance' as const;
      return [{ machine: { kind, namespace, name, uid }, parts: [{ name: PART, ...part, memoryBytes }] }];
    });
    return Promise.resolve(readings);
  }

  async release(): Promise<void> {
    for (const loop of this.#loops.values()) loop.release();
    this.#loops.clear();
    await this.#options.hypervisor.release();
  }

  async stopAll(timeoutMs: number): Promise<void> {
    const { clock } = this.#options.world;
    const untilMs = clock.monotonic() + timeoutMs;
    // Killing and cleaning up take time too: the guests have what is left.
    const graceMs = Math.max(0, Math.floor(timeoutMs * 0.8));
    for (const loop of this.#loops.values()) loop.send({ type: 'shutdown', graceMs });
    while (this.#loops.size > 0 && clock.monotonic() < untilMs) await clock.sleep(SHUTDOWN_POLL_MS);
    if (this.#loops.size === 0) return;
    const uids = [...this.#loops.keys()];
    throw new Failure('stop-timeout', `virtual machines still there after ${timeoutMs} ms`, { details: { uids } });
  }

  #begin(uid: string, state: MachineState): Loop {
    const { world, records } = this.#options;
    const behaviour = new VirtualMachineBehaviour(uid, this.#options);
    const onFinished = () => this.#loops.delete(uid);
    const loop = new MachineLoop({ uid, world, records, behaviour, state, onFinished });
    this.#loops.set(uid, loop);
    return loop;
  }

  #loop({ uid, name }: MachineName): Loop {
    const loop = this.#loops.get(uid);
    if (!loop)
      throw new StatusFailure('NotFound', `virtualmachineinstances.kubevirt.io "${name}" not found on this host`);
    return loop;
  }

  /** A process that runs and cannot be reached is asked again until it can, or has ended. */
  async #look(uid: string): Promise<GuestView | undefined> {
    const { hypervisor, world } = this.#options;
    for (let tries = 1; ; tries++) {
      try {
        return await hypervisor.adopt(uid);
      } catch (error) {
        world.log.warn('cannot reach a machine that runs', { uid, error: describeError(error) });
        await world.clock.sleep(Math.min(10_000, 250 * 2 ** tries));
        if (!this.#loops.has(uid)) return undefined;
      }
    }
  }
}

function closingWith(stream: MachineStream, signal: AbortSignal): MachineStream {
  if (signal.aborted) stream.main.abort(signal.reason);
  else signal.addEventListener('abort', () => stream.main.abort(signal.reason), { once: true });
  return stream;
}

import { type ByteChannel, Failure, type World } from '@godwit/base';
import { wholeUnits } from '@godwit/kinds';
import type {
  GuestEvent,
  GuestRun,
  GuestView,
  HypervisorDriver,
  LaunchRequest,
  MachineIdentity,
  MachineUsage,
  PreparedMachine,
  PreparedVolume,
  PrepareRequest,
  ProcessUsage,
  VolumeRequest,
} from '../hypervisor-driver.ts';
import { pipeOfChannels } from './channel-pair.ts';
import { type FakeGuest, GuestProcess } from './guest-process.ts';
import { Work } from './work.ts';

export interface FakeHypervisorOptions {
  readonly world: World;
  /** How the guest of a machine behaves; by default it has an agent and listens to its power button. */
  readonly guest?: (machine: MachineIdentity) => FakeGuest;
  /** Container disks that are there; all of them where absent. */
  readonly images?: ReadonlySet<string>;
  /** Memory of the host, in bytes: a launch beyond it fails. */
  readonly memoryBytes?: number;
  /** Whether this host has the volume. */
  readonly hasVolume?: (name: string) => boolean;
  /** How many cores a guest takes now; none where absent. */
  readonly coresOf?: (machine: MachineIdentity) => number;
}

const PREPARE_DELAY_MS = 40;
const LAUNCH_DELAY_MS = 120;
const OTHER_DELAY_MS = 5;
const KILL_DELAY_MS = 20;
const SCREENSHOT = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);

const politeGuest: FakeGuest = { agentAfterMs: 2_000, offAfterMs: 1_500 };

/**
 * The virtual machines of one simulated host. They outlive the program: a new incarnation is given the same
 * object and adopts what it finds.
 */
export class FakeHypervisor implements HypervisorDriver {
  readonly acceleration = { type: 'tcg', reason: 'the host is simulated' } as const;
  readonly #options: FakeHypervisorOptions;
  readonly #world: World;
  readonly #work: Work<MachineIdentity>;
  readonly #prepared = new Map<string, MachineIdentity>();
  readonly #processes = new Map<string, GuestProcess>();
  /** The answer of `actual`, until a process comes or goes. */
  #actual: readonly GuestProcess[] | undefined;
  #listener: (uid: string, event: GuestEvent) => void = () => undefined;

  constructor(options: FakeHypervisorOptions) {
    this.#options = options;
    this.#world = options.world;
    this.#work = new Work(options.world.clock, options.coresOf);
  }

  /** Processes as they really are, for invariants. */
  actual(): readonly { readonly machine: LaunchRequest; readonly view: GuestView }[] {
    this.#actual ??= [...this.#processes.values()];
    return this.#actual;
  }

  /** Machines of which anything is left, running or not. */
  remains(): readonly string[] {
    return [...new Set([...this.#prepared.keys(), ...this.#processes.keys()])];
  }

  /** The process dies, as with `kill -9` from outside. */
  crash(uid: string): void {
    this.#end(uid, 'killed by signal 9');
  }

  /** The guest does something by itself. */
  turn(uid: string, run: GuestRun): void {
    this.#processes.get(uid)?.turn(run);
  }

  listen(listener: (uid: string, event: GuestEvent) => void): void {
    this.#listener = listener;
  }

  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<PreparedMachine> {
    this.#prepared.set(request.uid, request);
    await this.#world.clock.sleep(PREPARE_DELAY_MS, signal);
    if (this.#processes.has(request.uid)) throw new Failure('disk-in-use', 'the machine runs');
    this.#findImage(request.kernel?.image);
    const volumes = request.volumes.map((volume) => this.#layOut(volume));
    this.#prepared.set(request.uid, request);
    return { volumes, ...(request.kernel && { kernel: { kernelPath: '/kernel' } }) };
  }

  async launch(request: LaunchRequest): Promise<GuestView> {
    await this.#world.clock.sleep(LAUNCH_DELAY_MS);
    const { uid } = request;
    const running = this.#processes.get(uid);
    if (running) return running.view;
    if (!this.#prepared.has(uid)) throw new Failure('launch-failed', 'its disks are not laid out', { retryable: true });
    const guest = this.#options.guest?.(request) ?? politeGuest;
    if (guest.broken !== undefined) throw new Failure(guest.broken, 'the simulated guest cannot be started');
    this.#assertMemory(request);
    const process = new GuestProcess(this.#world, request, guest, (event) => this.#listener(uid, event));
    this.#processes.set(uid, process);
    this.#actual = undefined;
    return process.view;
  }

  /** A guest that has been running here since before anybody looked. */
  carryOn(request: LaunchRequest): void {
    const { uid } = request;
    const guest = this.#options.guest?.(request) ?? politeGuest;
    this.#prepared.set(uid, request);
    this.#processes.set(uid, new GuestProcess(this.#world, request, guest, (event) => this.#listener(uid, event)));
    this.#actual = undefined;
  }

  async adopt(uid: string): Promise<GuestView | undefined> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    return this.#processes.get(uid)?.view;
  }

  /**
   * The end of a live migration: a guest goes on on another host, without having stopped. False when none runs here.
   */
  handOver(uid: string, to: FakeHypervisor): boolean {
    const process = this.#processes.get(uid);
    if (!process) return false;
    this.#processes.delete(uid);
    this.#actual = undefined;
    to.#receive(uid, process, this.#prepared.get(uid) ?? process.request);
    this.#prepared.delete(uid);
    return true;
  }

  #receive(uid: string, process: GuestProcess, prepared: MachineIdentity): void {
    process.carryTo((event) => this.#listener(uid, event));
    this.#prepared.set(uid, prepared);
    this.#processes.set(uid, process);
    this.#actual = undefined;
  }

  async pause(uid: string): Promise<void> {
    (await this.#running(uid)).pause();
  }

  async resume(uid: string): Promise<void> {
    (await this.#running(uid)).resume();
  }

  async powerDown(uid: string): Promise<void> {
    (await this.#running(uid)).press();
  }

  async reset(uid: string): Promise<void> {
    (await this.#running(uid)).reset();
  }

  async kill(uid: string): Promise<void> {
    await this.#world.clock.sleep(KILL_DELAY_MS);
    this.#end(uid, 'killed as told');
  }

  async clean(uid: string): Promise<void> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    this.#prepared.delete(uid);
  }

  async list(): Promise<readonly string[]> {
    return this.remains();
  }

  async console(uid: string): Promise<ByteChannel> {
    await this.#running(uid);
    return talking('login: ');
  }

  async screen(uid: string): Promise<ByteChannel> {
    await this.#running(uid);
    return talking('RFB 003.008\n');
  }

  async screenshot(uid: string): Promise<Uint8Array> {
    await this.#running(uid);
    return SCREENSHOT;
  }

  async askAgent(uid: string, command: string, input: object = {}): Promise<unknown> {
    const process = await this.#running(uid);
    if (!process.view.agentConnected || process.view.run !== 'running') {
      throw new Failure('agent-unavailable', 'no agent has opened its channel in the guest');
    }
    if (command === 'guest-shutdown') {
      process.shutDown('mode' in input && input.mode === 'reboot');
      return {};
    }
    const answer = AGENT_ANSWERS[command];
    if (answer === undefined) throw new Failure('agent-error', `the agent does not know ${command}`);
    return answer;
  }

  async setSockets(uid: string, sockets: number): Promise<void> {
    const process = await this.#running(uid);
    const most = process.request.spec.domain.cpu?.maxSockets ?? sockets;
    if (sockets > most) throw new Failure('cannot-grow', `it was started to have ${most} sockets at most`);
    process.grow(sockets, process.view.memoryBytes);
  }

  async growMemory(uid: string, bytes: number): Promise<void> {
    const process = await this.#running(uid);
    const most = wholeUnits(process.request.spec.domain.memory?.maxGuest) || bytes;
    if (bytes > most) throw new Failure('cannot-grow', `it was started to have ${most} bytes at most`);
    process.grow(process.view.sockets, Math.max(bytes, process.view.memoryBytes));
  }

  async setBalloon(uid: string, bytes: number): Promise<void> {
    (await this.#running(uid)).balloon(bytes);
  }

  async measure(uid: string): Promise<MachineUsage> {
    const { view } = await this.#running(uid);
    return { cpuSeconds: 0, residentBytes: view.memoryBytes, balloonBytes: view.balloonBytes, disks: [] };
  }

  usage(): ReadonlyMap<string, ProcessUsage> {
    const running = [...this.#processes].map(([uid, { view, machine }]): [string, ProcessUsage] => {
      const cpuSeconds = this.#work.secondsOf(uid, machine);
      return [uid, { run: String(view.startedAtMs), cpuSeconds, residentBytes: view.memoryBytes }];
    });
    return new Map(running);
  }

  async release(): Promise<void> {}

  async #running(uid: string): Promise<GuestProcess> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    const process = this.#processes.get(uid);
    if (!process) throw new Failure('not-running', `no machine ${uid} runs here`);
    return process;
  }

  #end(uid: string, message: string): void {
    const process = this.#processes.get(uid);
    this.#processes.delete(uid);
    this.#work.forget(uid);
    this.#actual = undefined;
    process?.end(message);
  }

  #findImage(image: string | undefined): void {
    const { images } = this.#options;
    if (image === undefined || !images || images.has(image)) return;
    throw new Failure('image-not-found', `there is no image ${image}`);
  }

  #layOut({ name, source }: VolumeRequest): PreparedVolume {
    if (source.type === 'image') this.#findImage(source.image);
    if (source.type === 'persistent' && this.#options.hasVolume?.(source.volume) === false) {
      throw new Failure('disk-not-found', `this host has no volume ${source.volume}`);
    }
    const sizeBytes = 'sizeBytes' in source ? (source.sizeBytes ?? 0) : 2 ** 30;
    return { name, path: `/disks/${name}`, format: 'qcow2', readOnly: false, sizeBytes, direct: false };
  }

  #assertMemory({ spec }: LaunchRequest): void {
    const { memoryBytes } = this.#options;
    if (memoryBytes === undefined) return;
    const used = [...this.#processes.values()].reduce((sum, { view }) => sum + view.memoryBytes, 0);
    if (used + wholeUnits(spec.domain.memory?.guest) > memoryBytes) {
      throw new Failure('no-memory', 'the host has no memory left');
    }
  }
}

const AGENT_ANSWERS: Readonly<Record<string, unknown>> = {
  'guest-ping': {},
  'guest-info': { version: '7.2', supported_commands: [] },
  'guest-get-osinfo': { name: 'Fake', 'pretty-name': 'Fake 1', id: 'fake', version: '1' },
  'guest-network-get-interfaces': [],
  'guest-fsfreeze-status': 'thawed',
  'guest-fsfreeze-freeze': 0,
  'guest-fsfreeze-thaw': 0,
  'guest-get-host-name': { 'host-name': 'fake' },
  'guest-get-timezone': { zone: 'UTC', offset: 0 },
  'guest-get-fsinfo': [],
  'guest-get-users': [],
  'guest-exec': { pid: 1 },
  'guest-exec-status': { exited: true, exitcode: 0 },
};

/** A channel on which the machine says a word and then echoes. */
function talking(word: string): ByteChannel {
  const [near, far] = pipeOfChannels();
  const talk = async () => {
    await far.write(new TextEncoder().encode(word));
    for await (const bytes of far.incoming) await far.write(bytes);
    far.end();
  };
  talk().catch(() => far.abort());
  return near;
}

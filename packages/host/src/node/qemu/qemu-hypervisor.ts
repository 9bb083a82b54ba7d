import { access, constants, mkdir, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type ByteChannel, describeError, Failure, type World } from '@godwit/base';
import { ifThere } from '@godwit/base/node';
import type {
  Acceleration,
  GuestEvent,
  GuestView,
  HypervisorDriver,
  LaunchRequest,
  MachineUsage,
  PreparedMachine,
  PrepareRequest,
  ProcessUsage,
} from '../../hypervisor-driver.ts';
import type { ImageFiles } from '../images/index.ts';
import { directKernel } from '../kernel/index.ts';
import { forgetProcessorTime, giveOwnGroup, type OwnGroup } from '../process/index.ts';
import type { FolderVolumes } from '../volume/index.ts';
import { commandLine, type LaunchSite, type MachineFiles, memoryPlan } from './command-line/index.ts';
import { firmwareFolder, prepareFirmware } from './firmware-files.ts';
import { layOut } from './lay-out.ts';
import { diskFolder, machineFiles } from './machine-files.ts';
import { growMemory, readMemory } from './memory-size.ts';
import { ProcessMeter } from './process-meter.ts';
import { findProcess, type MachineProcess, processGone } from './process-watch.ts';
import { ProcessorKeeper, type ProcessorKeeperOptions } from './processor-keeper.ts';
import { killProcess, QemuMachine } from './qemu-machine.ts';
import { connectSocket } from './socket.ts';
import { readSockets, setSockets } from './sockets.ts';
import { assertMemory, launchFailure, startQemu } from './start-process.ts';
import { channelOf } from './stream-channel.ts';
import { measureMachine } from './usage.ts';

export interface QemuHypervisorOptions {
  readonly world: World;
  /** `<state>/machines`: one folder a machine. */
  readonly machines: string;
  /** Folder of what outlives a machine and belongs to its name: persistent trusted modules. */
  readonly keep: string;
  readonly images: ImageFiles;
  readonly volumes: FolderVolumes;
  /** May still be being found out: what is launched meanwhile waits for it, and nothing else does. */
  readonly acceleration: Acceleration | Promise<Acceleration>;
  readonly hostDiskFolders?: readonly string[];
  readonly program?: string;
  /** Is told which processors all share that have none to themselves, whenever it changes. */
  readonly onShared?: ProcessorKeeperOptions['onShared'];
}

/** A serial log that has grown beyond this is cut down at the next chance. */
const LONGEST_SERIAL_LOG_BYTES = 4 * 1024 * 1024;
const LOG_SWEEP_MS = 60_000;
/** How long an image that nobody uses is kept laid out. */
const IMAGE_IDLE_MS = 3_600_000;
/** How long a process that has closed its monitor may take to be gone. */
const GOING_MS = 500;

/** Virtual machines by QEMU, one process each, driven over QMP. */
export class QemuHypervisor implements HypervisorDriver {
  readonly #options: QemuHypervisorOptions;
  readonly #machines = new Map<string, QemuMachine>();
  readonly #meter = new ProcessMeter();
  readonly #processors: ProcessorKeeper;
  #listener: (uid: string, event: GuestEvent) => void = () => undefined;
  #site: Promise<Omit<LaunchSite, 'files'>> | undefined;
  #sweep: { cancel(): void } | undefined;
  #acceleration: Acceleration = { type: 'tcg', reason: 'KVM is being tried' };

  constructor(options: QemuHypervisorOptions) {
    this.#options = options;
    const { onShared } = options;
    const fileOf = (uid: string) => join(this.#files(uid).folder, 'processors.json');
    this.#processors = new ProcessorKeeper({ log: options.world.log, fileOf, ...(onShared && { onShared }) });
    void this.#accelerated();
  }

  get acceleration(): Acceleration {
    return this.#acceleration;
  }

  listen(listener: (uid: string, event: GuestEvent) => void): void {
    this.#listener = listener;
  }

  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<PreparedMachine> {
    const { images, volumes, world, hostDiskFolders = [] } = this.#options;
    // A launch that was given up on may have left a process: its disks are not laid out anew under its feet.
    await this.kill(request.uid);
    const parts = { images, volumes, clock: world.clock, hostDiskFolders };
    return layOut(request, this.#files(request.uid), parts, signal);
  }

  async launch(request: LaunchRequest): Promise<GuestView> {
    const running = await this.adopt(request.uid);
    if (running) return running;
    const files = this.#files(request.uid);
    const site: LaunchSite = { ...(await this.#launchSite()), files };
    const args = commandLine(await quickest(request, site), site);
    await assertMemory(memoryPlan(request.spec).bootBytes);
    await mkdir(files.folder, { recursive: true, mode: 0o700 });
    await this.#processors.reserve(request.uid, request.spec);
    await removeSockets(files);
    await rm(files.serialLog, { force: true });
    await prepareFirmware(request, site, join(this.#options.keep, request.namespace, request.name));
    const { program = 'qemu-system-x86_64', world } = this.#options;
    const prefix = request.interfaces.find(({ commandPrefix }) => commandPrefix !== undefined)?.commandPrefix ?? [];
    await startQemu([...prefix, program, ...args], files, world.clock);
    const view = await this.#begun(request.uid, files);
    this.#giveOwnGroup(request.uid);
    return view;
  }

  /** Some devices are refused only after the monitor has opened: then the process ends, with the reason in its log. */
  async #begun(uid: string, files: MachineFiles): Promise<GuestView> {
    try {
      const view = await this.adopt(uid);
      if (view) return view;
    } catch (error) {
      if (!(await processGone(files.pid, files.folder, this.#options.world.clock, GOING_MS))) throw error;
    }
    throw launchFailure(await readLog(files), 'ended');
  }

  async adopt(uid: string): Promise<GuestView | undefined> {
    const files = this.#files(uid);
    const process = await findProcess(files.pid, files.folder);
    if (!process) {
      this.#forget(uid);
      return undefined;
    }
    const machine = await this.#connected(uid, files, process);
    this.#sweepLogs();
    const [run, sockets, memory] = await Promise.all([machine.run(), readSockets(machine), readMemory(machine)]);
    return {
      run,
      agentConnected: machine.agentConnected,
      startedAtMs: process.startedAtMs,
      sockets: sockets.usable,
      pluggedSockets: sockets.plugged,
      memoryBytes: memory.plugged,
      balloonBytes: memory.left,
    };
  }

  async pause(uid: string): Promise<void> {
    await this.#machine(uid).execute('stop');
  }

  async resume(uid: string): Promise<void> {
    await this.#machine(uid).execute('cont');
  }

  async powerDown(uid: string): Promise<void> {
    await this.#machine(uid).execute('system_powerdown');
  }

  async reset(uid: string): Promise<void> {
    await this.#machine(uid).execute('system_reset');
  }

  async kill(uid: string): Promise<void> {
    const files = this.#files(uid);
    const process = await findProcess(files.pid, files.folder);
    if (!process) return this.#forget(uid);
    this.#processors.farewell(uid);
    const known = this.#machines.get(uid);
    const machine = known ?? (await this.#connected(uid, files, process).catch(() => undefined));
    this.#machines.delete(uid);
    if (machine) return machine.end();
    await killProcess(process.pid, files, this.#options.world.clock);
  }

  async clean(uid: string): Promise<void> {
    const files = this.#files(uid);
    await removeSockets(files);
    await rm(diskFolder(files), { recursive: true, force: true });
    await rm(files.pid, { force: true });
    await this.#processors.forget(uid);
    const { images, world } = this.#options;
    await forgetProcessorTime(groupOf(uid), world.clock);
    await images.release(uid);
    await images.collect(IMAGE_IDLE_MS, world.clock.now());
  }

  async list(): Promise<readonly string[]> {
    const uids = (await ifThere(readdir(this.#options.machines))) ?? [];
    const remains = await Promise.all(uids.map((uid) => anyExists(this.#files(uid))));
    return uids.filter((_, index) => remains[index]);
  }

  console(uid: string): Promise<ByteChannel> {
    return this.#machine(uid).console.open();
  }

  async screen(uid: string): Promise<ByteChannel> {
    this.#machine(uid);
    return channelOf(await connectSocket(this.#files(uid).screen));
  }

  async screenshot(uid: string): Promise<Uint8Array> {
    const filename = join(this.#files(uid).folder, `screen-${this.#options.world.ids.suffix(6)}.png`);
    try {
      await this.#machine(uid).execute('screendump', { filename, format: 'png' });
      return await readFile(filename);
    } finally {
      await rm(filename, { force: true });
    }
  }

  askAgent(uid: string, command: string, input?: object, timeoutMs = 5_000): Promise<unknown> {
    const machine = this.#machine(uid);
    if (!machine.agentConnected) {
      return Promise.reject(new Failure('agent-unavailable', 'no agent has opened its channel in the guest'));
    }
    return machine.agent.ask(command, input, timeoutMs);
  }

  setSockets(uid: string, sockets: number): Promise<void> {
    return setSockets(this.#machine(uid), sockets, groupOf(uid));
  }

  growMemory(uid: string, bytes: number): Promise<void> {
    return growMemory(this.#machine(uid), bytes);
  }

  async setBalloon(uid: string, bytes: number): Promise<void> {
    await this.#machine(uid).execute('balloon', { value: bytes });
  }

  measure(uid: string): Promise<MachineUsage> {
    return measureMachine(this.#machine(uid));
  }

  usage(): ReadonlyMap<string, ProcessUsage> {
    const machines = [...this.#machines].map(([uid, { process }]) => [uid, process.pid] as const);
    const usage = this.#meter.read(new Set(machines.map(([, pid]) => pid)));
    return new Map(machines.flatMap(([uid, pid]) => (usage.has(pid) ? [[uid, usage.get(pid) as ProcessUsage]] : [])));
  }

  release(): Promise<void> {
    this.#sweep?.cancel();
    this.#meter.close();
    for (const machine of this.#machines.values()) machine.release();
    this.#machines.clear();
    return Promise.resolve();
  }

  #files(uid: string): MachineFiles {
    return machineFiles(this.#options.machines, uid);
  }

  #machine(uid: string): QemuMachine {
    const machine = this.#machines.get(uid);
    if (!machine) throw new Failure('not-running', `no machine ${uid} runs here`);
    return machine;
  }

  async #connected(uid: string, files: MachineFiles, process: MachineProcess): Promise<QemuMachine> {
    const known = this.#machines.get(uid);
    if (known?.process.pid === process.pid) return known;
    known?.release();
    const { clock, log } = this.#options.world;
    const onEvent = (event: GuestEvent) => {
      if (event.type === 'ended') {
        this.#machines.delete(uid);
        this.#processors.farewell(uid);
      }
      this.#listener(uid, event);
    };
    const machine = await QemuMachine.connect({ files, process, clock, log, onEvent });
    this.#machines.set(uid, machine);
    await this.#processors.welcome(uid, machine);
    return machine;
  }

  #forget(uid: string): void {
    this.#processors.farewell(uid);
    this.#machines.get(uid)?.release();
    this.#machines.delete(uid);
  }

  #launchSite(): Promise<Omit<LaunchSite, 'files'>> {
    const facts = [this.#accelerated(), firmwareFolder(), usable('/dev/vhost-net')] as const;
    this.#site ??= Promise.all(facts).then(([{ type }, folder, vhostNet]) => ({
      acceleration: type,
      vhostNet: vhostNet && type === 'kvm',
      ...(folder !== undefined && { firmwareFolder: folder }),
    }));
    return this.#site;
  }

  async #accelerated(): Promise<Acceleration> {
    try {
      this.#acceleration = await this.#options.acceleration;
    } catch (error) {
      this.#acceleration = { type: 'tcg', reason: `KVM cannot be tried: ${describeError(error)}` };
    }
    return this.#acceleration;
  }

  /** Beside the launch, not in it: the machine runs already. */
  #giveOwnGroup(uid: string): void {
    const { pid } = this.#machine(uid).process;
    giveOwnGroup([pid], groupOf(uid)).catch((error: unknown) => {
      this.#options.world.log.warn('a machine stays in the control group of the program', { uid, error });
    });
  }

  /** Keeps serial logs bounded. QEMU appends, so a log that is cut to nothing goes on from its beginning. */
  #sweepLogs(): void {
    this.#sweep ??= this.#options.world.clock.after(LOG_SWEEP_MS, () => {
      this.#sweep = undefined;
      for (const uid of this.#machines.keys()) {
        cutLog(this.#files(uid).serialLog).catch((error: unknown) => {
          this.#options.world.log.warn('the log of a serial console cannot be cut', { uid, error });
        });
      }
      if (this.#machines.size > 0) this.#sweepLogs();
    });
  }
}

/** Where the kernel counts what the process of a machine uses. */
function groupOf(uid: string): OwnGroup {
  return { scope: `godwit-vm-${uid}.scope`, slice: 'machine.slice', folder: 'godwit-machines' };
}

/** Without KVM the guest is spared unpacking its own kernel. */
async function quickest(request: LaunchRequest, { acceleration }: LaunchSite): Promise<LaunchRequest> {
  const { prepared, spec } = request;
  const kernelPath = prepared.kernel?.kernelPath;
  if (acceleration !== 'tcg' || !kernelPath || spec.domain.firmware?.bootloader?.efi) return request;
  const kernel = { ...prepared.kernel, kernelPath: await directKernel(kernelPath) };
  return { ...request, prepared: { ...prepared, kernel } };
}

async function cutLog(path: string): Promise<void> {
  const log = await ifThere(stat(path));
  // Its machine may be going just now.
  if (log && log.size > LONGEST_SERIAL_LOG_BYTES) await ifThere(truncate(path));
}

async function readLog(files: MachineFiles): Promise<string> {
  return readFile(files.log, 'utf8').catch(() => '');
}

async function removeSockets(files: MachineFiles): Promise<void> {
  const sockets = [files.monitor, files.serial, files.screen, files.agent, files.trustedModule];
  await Promise.all(sockets.map((path) => rm(path, { force: true })));
}

async function anyExists(files: MachineFiles): Promise<boolean> {
  const found = await Promise.all([files.pid, files.monitor, diskFolder(files)].map(usable));
  return found.includes(true);
}

async function usable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

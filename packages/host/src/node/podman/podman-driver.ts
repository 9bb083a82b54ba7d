import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, describeError, Failure, hasCode, type Timer, type World } from '@godwit/base';
import type { ExitStatus } from '@godwit/kinds';
import type {
  AttachRequest,
  CommandResult,
  ContainerDriver,
  ContainerFacts,
  ContainerRequest,
  ContainerResources,
  ContainerUsage,
  ExecRequest,
  ImageFacts,
  ImageRequest,
  Session,
} from '../../container-driver.ts';
import { killMonitors, readMemoryLimit, removeCgroup, stopSlices } from './container-cgroup.ts';
import { factsOfInspection, factsOfListed, type PodmanInspection, type PodmanListed } from './container-facts.ts';
import { ContainerMeter } from './container-meter.ts';
import { confineGroup } from './container-processors.ts';
import { containerSpecification, resourceLimits } from './container-specification.ts';
import { ExitWatch, isAlive } from './exit-watch.ts';
import { hijackedSession } from './hijacked-session.ts';
import { ImageStore } from './image-store.ts';
import { LogRotation } from './log-rotation.ts';
import { isLost, lostFacts } from './lost-container.ts';
import { configurePodman, type PodmanOptions, type PodmanPlaces } from './podman-configuration.ts';
import { PodmanService } from './podman-service.ts';
import { runInContainer } from './runtime-command.ts';
import { signalNumber } from './signal-number.ts';
import { unmountBelow } from './unmount.ts';

const CALL_TIMEOUT_MS = 60_000;
const PRUNE_MS = 24 * 3_600_000;
/** Label of a container: where its output goes, so that a new process can rotate it. */
const LOG_LABEL = 'godwit.dev/log';

interface Parts {
  readonly places: PodmanPlaces;
  readonly service: PodmanService;
  readonly images: ImageStore;
  readonly exits: ExitWatch;
  readonly logs: LogRotation;
  readonly meter: ContainerMeter;
}

/** The ContainerDriver over Podman. `prepare` must have resolved before anything else is called. */
export class PodmanDriver implements ContainerDriver {
  readonly #options: PodmanOptions;
  readonly #world: World;
  #parts: Parts | undefined;
  #preparing: Promise<void> | undefined;
  #pruning: Timer | undefined;

  constructor(options: PodmanOptions, world: World) {
    this.#options = options;
    this.#world = world;
  }

  prepare(): Promise<void> {
    this.#preparing ??= this.#prepare();
    return this.#preparing;
  }

  async list(): Promise<readonly ContainerFacts[]> {
    const { places, exits } = this.#ready;
    // Starting the engine only to hear that there is nothing would cost every start of the program.
    if (!(await hasContainers(places.graphRoot))) return [];
    const found = await this.#call<readonly PodmanListed[] | null>('GET', '/containers/json?all=true');
    const facts = await Promise.all((found ?? []).map((row) => this.#listed(factsOfListed(row))));
    for (const { id, state, pid, labels } of facts) {
      if (state !== 'running' || pid === undefined) continue;
      exits.follow(id, pid);
      const log = labels[LOG_LABEL];
      if (log) this.#ready.logs.follow(id, log);
    }
    return facts;
  }

  async inspect(id: string): Promise<ContainerFacts | undefined> {
    try {
      const facts = await this.#look(id);
      if (facts.state !== 'exited') return facts;
      const { exits } = this.#ready;
      exits.seen(facts.id);
      const outOfMemory = facts.outOfMemory === true || exits.wasOutOfMemory(facts.id);
      return outOfMemory ? { ...facts, outOfMemory } : facts;
    } catch (error) {
      if (hasCode(error, 'engine-not-found')) return undefined;
      throw error;
    }
  }

  subscribe(onExit: (id: string) => void): () => void {
    return this.#ready.exits.subscribe(onExit);
  }

  resolveImage(request: ImageRequest, signal: AbortSignal): Promise<ImageFacts> {
    return this.#ready.images.resolve(request, signal);
  }

  async create(request: ContainerRequest): Promise<string> {
    await mkdir(dirname(request.logPath), { recursive: true });
    const labels = { ...request.labels, [LOG_LABEL]: request.logPath };
    const { places, exits } = this.#ready;
    const shared = request.processNamespaceOf && exits.processOf(request.processNamespaceOf);
    const body = containerSpecification({ ...request, labels }, places, shared || undefined);
    try {
      const { Id: id } = await this.#call<{ Id: string }>('POST', '/containers/create', body);
      this.#ready.logs.follow(id, request.logPath);
      return id;
    } catch (error) {
      const existing = await this.inspect(request.name);
      if (existing) return existing.id;
      throw refused('container-create-failed', error);
    }
  }

  async start(id: string): Promise<void> {
    const { exits } = this.#ready;
    if (exits.processOf(id) === undefined) exits.forget(id);
    try {
      await this.#call('POST', `/containers/${id}/start`);
    } catch (error) {
      if (hasCode(error, 'engine-unreachable')) throw error;
      // A program that ended at once has been started all the same.
      const facts = await this.inspect(id);
      if (facts?.state !== 'running' && facts?.startedAtMs === undefined) {
        throw refused('container-start-failed', error);
      }
    }
    await this.#follow(id);
  }

  async signal(id: string, signal: string): Promise<void> {
    try {
      await this.#call('POST', `/containers/${id}/kill?signal=${signalNumber(signal)}`);
    } catch (error) {
      const facts = await this.inspect(id);
      if (facts?.state === 'running') throw error;
    }
  }

  async resize(id: string, resources: ContainerResources): Promise<void> {
    const path = `/containers/${id}/update`;
    const body = resourceLimits(resources, this.#ready.places.countsSwap);
    // It answers the bare id.
    await this.#ready.service.use((client) => client.tell({ method: 'POST', path, body, timeoutMs: CALL_TIMEOUT_MS }));
  }

  /** The limit that the kernel keeps a container to, in bytes; undefined when there is none to read. */
  memoryLimit(id: string): Promise<number | undefined> {
    return readMemoryLimit(this.#ready.places.cgroupPath, id);
  }

  async remove(id: string): Promise<void> {
    this.#ready.exits.forget(id);
    this.#ready.logs.forget(id);
    try {
      await this.#call('DELETE', `/containers/${id}?force=true&timeout=0&v=true`);
    } catch (error) {
      if (!hasCode(error, 'engine-not-found')) throw error;
    }
    // The engine takes it away only from containers of which it saw the end.
    await removeCgroup(join(this.#ready.places.cgroupPath, `libpod-${id}`));
  }

  run(id: string, command: readonly string[], signal: AbortSignal): Promise<CommandResult> {
    const pidFile = join(this.#options.runFolder, `exec-${this.#world.ids.suffix(10)}.pid`);
    return runInContainer(this.#ready.places.runtime, id, command, pidFile, signal);
  }

  async exec(id: string, request: ExecRequest, signal: AbortSignal): Promise<Session> {
    const release = this.#ready.service.hold();
    try {
      const { Id: exec } = await this.#call<{ Id: string }>('POST', `/containers/${id}/exec`, {
        Cmd: request.command,
        AttachStdin: request.stdin,
        AttachStdout: request.stdout,
        AttachStderr: request.stderr && !request.tty,
        Tty: request.tty,
      });
      const { socket, head } = await this.#ready.service.use((client) =>
        client.hijack({
          method: 'POST',
          path: `/exec/${exec}/start`,
          body: { Detach: false, Tty: request.tty },
          signal,
        }),
      );
      const resize = (columns: number, rows: number): Promise<void> =>
        this.#call('POST', `/exec/${exec}/resize?w=${columns}&h=${rows}`);
      const exitStatus = (): Promise<ExitStatus> => this.#execStatus(exec).finally(release);
      return hijackedSession({ socket, head, tty: request.tty, resize, exitStatus });
    } catch (error) {
      release();
      throw notRunning(error);
    }
  }

  async attach(id: string, request: AttachRequest, signal: AbortSignal): Promise<Session> {
    const release = this.#ready.service.hold();
    const { stdin, stdout, stderr, tty } = request;
    try {
      const { socket, head } = await this.#ready.service.use((client) =>
        client.hijack({
          method: 'POST',
          path: `/containers/${id}/attach?stream=true&stdin=${stdin}&stdout=${stdout}&stderr=${stderr && !tty}`,
          signal,
        }),
      );
      const resize = (columns: number, rows: number): Promise<void> =>
        this.#call('POST', `/containers/${id}/resize?w=${columns}&h=${rows}`);
      // How the program ended is the container's affair: an attached session ends well.
      const exitStatus = (): Promise<ExitStatus> => {
        release();
        return Promise.resolve({ exitCode: 0 });
      };
      return hijackedSession({ socket, head, tty, resize, exitStatus });
    } catch (error) {
      release();
      throw notRunning(error);
    }
  }

  usage(): Promise<ReadonlyMap<string, ContainerUsage>> {
    return Promise.resolve(this.#ready.meter.read());
  }

  async useProcessors(processors: readonly number[]): Promise<void> {
    await this.prepare();
    if (await confineGroup(this.#ready.places.cgroupPath, processors)) return;
    this.#world.log.warn('containers could not be kept on their processors', { processors: processors.join() });
  }

  async dismantle(): Promise<void> {
    const { places, service } = this.#ready;
    await service.stop();
    await killMonitors(places.cgroupPath);
    await unmountBelow(places.graphRoot);
    await unmountBelow(this.#options.runFolder);
    await stopSlices(places.cgroupParent, places.cgroupPath);
    await removeCgroup(places.cgroupPath);
    await rm(this.#options.runFolder, { recursive: true, force: true });
  }

  async release(): Promise<void> {
    if (!this.#parts) return;
    this.#parts.exits.stop();
    this.#parts.logs.stop();
    this.#parts.meter.close();
    this.#pruning?.cancel();
    await this.#parts.service.close();
  }

  /** A row of the engine's list, looked at closely when its process is not there. */
  async #listed(facts: ContainerFacts): Promise<ContainerFacts> {
    if (facts.state !== 'running' || (facts.pid !== undefined && isAlive(facts.pid))) return facts;
    return (await this.inspect(facts.id)) ?? facts;
  }

  async #look(id: string): Promise<ContainerFacts> {
    const inspect = () => this.#call<PodmanInspection>('GET', `/containers/${id}/json`);
    const found = await inspect();
    if (!(await isLost(found))) return factsOfInspection(found);
    // It may have ended in order between the engine's answer and our look.
    const again = await inspect();
    return (await isLost(again)) ? lostFacts(factsOfInspection(again)) : factsOfInspection(again);
  }

  get #ready(): Parts {
    if (!this.#parts) throw new Failure('engine-missing', 'the container engine has not been prepared');
    return this.#parts;
  }

  async #prepare(): Promise<void> {
    const places = await configurePodman(this.#options);
    const service = new PodmanService(places, this.#world);
    // One that an earlier process left may know older settings.
    await service.stop();
    const exits = new ExitWatch(places.exitFolder, places.cgroupPath, this.#world);
    await exits.start();
    const logs = new LogRotation(places.graphRoot, this.#world);
    const meter = new ContainerMeter(places.cgroupPath);
    this.#parts = { places, service, exits, logs, meter, images: new ImageStore(places, service) };
    this.#prune();
  }

  /** Now and then removes copies of images that no container uses any more. */
  #prune(): void {
    this.#pruning = this.#world.clock.after(PRUNE_MS, () => {
      this.#ready.images.prune().catch((error: unknown) => {
        this.#world.log.warn('cannot clean images up', { error: describeError(error) });
      });
      this.#prune();
    });
  }

  #call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
    return this.#ready.service.use((client) =>
      client.call<T>({ method, path, timeoutMs: CALL_TIMEOUT_MS, ...(body !== undefined && { body }) }),
    );
  }

  async #execStatus(exec: string): Promise<ExitStatus> {
    try {
      const { ExitCode } = await this.#call<{ ExitCode: number }>('GET', `/exec/${exec}/json`);
      return { exitCode: ExitCode };
    } catch (error) {
      return { exitCode: 126, message: describeError(error) };
    }
  }

  /** Learns the first process of a container from the file that conmon writes. */
  async #follow(id: string): Promise<void> {
    const path = join(this.#options.runFolder, 'storage', 'overlay-containers', id, 'userdata', 'pidfile');
    try {
      this.#ready.exits.follow(id, Number(await readFile(path, 'utf8')));
    } catch {
      // It has ended already, which the exit file tells.
    }
  }
}

async function hasContainers(graphRoot: string): Promise<boolean> {
  try {
    const text = await readFile(join(graphRoot, 'overlay-containers', 'containers.json'), 'utf8');
    return text.trim() !== '' && text.trim() !== '[]';
  } catch {
    return false;
  }
}

function refused(code: string, error: unknown): Error {
  if (hasCode(error, 'engine-unreachable')) return error as Error;
  return new Failure(code, describeError(error), { cause: error, retryable: true });
}

function notRunning(error: unknown): unknown {
  if (codeOf(error) !== 'engine-conflict' && codeOf(error) !== 'engine-refused') return error;
  if (!/not running|state improper|must be running/i.test(describeError(error))) return error;
  return new Failure('container-not-running', describeError(error), { cause: error });
}

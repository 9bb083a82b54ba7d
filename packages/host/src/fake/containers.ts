import { Failure, Subscription, type World } from '@godwit/base';
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
} from '../container-driver.ts';
import { Work } from './work.ts';

/** What a simulated program does. */
export interface FakeProgram {
  /** Ends by itself after so long, with `exitCode`; runs on when absent. */
  readonly runsMs?: number;
  readonly exitCode?: number;
  /** How long after SIGTERM it ends, with code 0; `ignores` it otherwise waits for the kill. */
  readonly endsAfterTermMs?: number;
  /** The engine cannot run it. */
  readonly broken?: boolean;
  readonly output?: string;
  /** How commands in it end: exit code by the command's words, joined. 0 where it is not named. */
  readonly commands?: Readonly<Record<string, number>>;
}

interface FakeContainer {
  facts: ContainerFacts;
  resources: ContainerResources;
  readonly program: FakeProgram;
}

/** Of a container that nobody here has made. */
const NO_LIMITS: ContainerResources = { cpuShares: 2, oomScoreAdjust: 0 };

const IMAGE_DELAY_MS = 5;
const CREATE_DELAY_MS = 20;
const START_DELAY_MS = 50;
const OTHER_DELAY_MS = 5;

/**
 * The containers of one simulated host. They outlive the program: a new incarnation is given the same
 * object, behind a new guard.
 */
export class FakeContainers implements ContainerDriver {
  readonly #world: World;
  readonly #work: Work<ContainerFacts>;
  readonly #containers = new Map<string, FakeContainer>();
  readonly #listeners = new Set<(id: string) => void>();
  readonly #images = new Map<string, { facts: ImageFacts; program: FakeProgram }>();
  #serial = 0;
  /** The answer of `actual`, until something changes. */
  #actual: readonly ContainerFacts[] | undefined;

  #resizeRefusal: string | undefined;
  /** What images do that nobody has put into the store; undefined where there are none of them. */
  #otherImages: FakeProgram | undefined;

  /** Whether it was told to stop what the engine runs beside containers. */
  released = false;

  /** @param coresOf how many cores the program of a container takes now; none where absent */
  constructor(world: World, coresOf?: (container: ContainerFacts) => number) {
    this.#world = world;
    this.#work = new Work(world.clock, coresOf);
  }

  /** Puts an image into the host's store. */
  addImage(name: string, program: FakeProgram = {}): void {
    this.#images.set(name, { facts: imageFacts(name), program });
  }

  /** From now on every image that is asked for is there, and does this. */
  haveAllImages(program: FakeProgram): void {
    this.#otherImages = program;
  }

  /** A container that has been running here since before anybody looked. */
  carryOn(container: Omit<ContainerFacts, 'imageId' | 'state' | 'pid'> & { readonly image: string }): void {
    const { image, ...facts } = container;
    const imageId = imageFacts(image).id;
    const program = this.#images.get(image)?.program ?? this.#otherImages ?? {};
    this.#containers.set(facts.id, {
      program,
      resources: NO_LIMITS,
      facts: { ...facts, imageId, state: 'running', pid: 1 },
    });
    this.#actual = undefined;
  }

  /** An image as the store has it. */
  facts(name: string): ImageFacts {
    const found = this.#images.get(name);
    if (!found) throw new Failure('image-never-pull', `there is no image ${name}`);
    return found.facts;
  }

  /** Containers as they really are, for invariants. */
  actual(): readonly ContainerFacts[] {
    this.#actual ??= [...this.#containers.values()].map(({ facts }) => facts);
    return this.#actual;
  }

  /** The program dies by a signal, as with `kill -9` from outside. */
  kill(id: string): void {
    this.#end(id, 137);
  }

  /** The host loses its power and comes back: nothing runs, and the engine has forgotten that it ever did. */
  reboot(): void {
    for (const container of this.#containers.values()) {
      const { id, name, labels, imageId } = container.facts;
      container.facts = { id, name, labels, imageId, state: 'created' };
    }
    this.#actual = undefined;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  list(): Promise<readonly ContainerFacts[]> {
    return Promise.resolve(this.actual());
  }

  async inspect(id: string): Promise<ContainerFacts | undefined> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    return this.#find(id)?.facts;
  }

  subscribe(onExit: (id: string) => void): () => void {
    this.#listeners.add(onExit);
    return () => this.#listeners.delete(onExit);
  }

  async resolveImage({ image, policy, onPull }: ImageRequest, signal: AbortSignal): Promise<ImageFacts> {
    await this.#world.clock.sleep(IMAGE_DELAY_MS, signal);
    if (/[^a-zA-Z0-9._:/@-]/.test(image)) throw new Failure('invalid-image-name', `invalid image name "${image}"`);
    if (this.#otherImages && !this.#images.has(image)) this.addImage(image, this.#otherImages);
    const found = this.#images.get(image);
    if (found) return found.facts;
    if (policy === 'Never') throw new Failure('image-never-pull', `image "${image}" is not present`);
    onPull?.();
    throw new Failure('image-pull-failed', `failed to pull image "${image}"`, { retryable: true });
  }

  async create(request: ContainerRequest): Promise<string> {
    await this.#world.clock.sleep(CREATE_DELAY_MS);
    const existing = this.#find(request.name);
    if (existing) return existing.facts.id;
    const { name, labels, imageId } = request;
    const id = `container-${++this.#serial}`;
    const program = [...this.#images.values()].find(({ facts }) => facts.id === imageId)?.program ?? {};
    this.#containers.set(id, {
      program,
      resources: request.resources,
      facts: { id, name, labels, imageId, state: 'created' },
    });
    this.#actual = undefined;
    return id;
  }

  async start(id: string): Promise<void> {
    await this.#world.clock.sleep(START_DELAY_MS);
    const container = this.#find(id);
    if (!container) throw new Failure('container-start-failed', `there is no container ${id}`);
    if (container.facts.state !== 'created') return;
    const { program } = container;
    if (program.broken) throw new Failure('container-start-failed', 'exec: no such file or directory');
    container.facts = { ...container.facts, state: 'running', pid: 1, startedAtMs: this.#world.clock.now() };
    this.#actual = undefined;
    if (program.runsMs !== undefined) {
      this.#world.clock.after(program.runsMs, () => this.#end(container.facts.id, program.exitCode ?? 0));
    }
  }

  async signal(id: string, signal: string): Promise<void> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    const container = this.#find(id);
    if (container?.facts.state !== 'running') return;
    if (signal === 'SIGKILL') return this.#end(container.facts.id, 137);
    const delayMs = container.program.endsAfterTermMs;
    if (delayMs !== undefined) this.#world.clock.after(delayMs, () => this.#end(container.facts.id, 0));
  }

  resize(id: string, resources: ContainerResources): Promise<void> {
    if (this.#resizeRefusal !== undefined) {
      return Promise.reject(new Failure('engine-refused', this.#resizeRefusal));
    }
    const container = this.#find(id);
    if (container) container.resources = resources;
    return Promise.resolve();
  }

  /** From now on limits cannot be changed, for this reason; undefined: they can. */
  refuseResize(reason: string | undefined): void {
    this.#resizeRefusal = reason;
  }

  /** Limits of a container as they are now. */
  limits(id: string): ContainerResources | undefined {
    return this.#find(id)?.resources;
  }

  async remove(id: string): Promise<void> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    const container = this.#find(id);
    if (!container) return;
    this.#end(container.facts.id, 137);
    this.#containers.delete(container.facts.id);
    this.#work.forget(container.facts.id);
    this.#actual = undefined;
  }

  async run(id: string, command: readonly string[], signal: AbortSignal): Promise<CommandResult> {
    await this.#world.clock.sleep(OTHER_DELAY_MS, signal);
    const container = this.#find(id);
    if (container?.facts.state !== 'running') throw new Failure('container-not-running', `${id} does not run`);
    const { commands = {}, output = '' } = container.program;
    return { exitCode: commands[command.join(' ')] ?? 0, output };
  }

  async exec(id: string, request: ExecRequest): Promise<Session> {
    await this.#world.clock.sleep(OTHER_DELAY_MS);
    const container = this.#find(id);
    if (container?.facts.state !== 'running') throw new Failure('container-not-running', `${id} does not run`);
    const exitCode = container.program.commands?.[request.command.join(' ')] ?? 0;
    return endedSession(container.program.output ?? '', exitCode);
  }

  async attach(id: string, request: AttachRequest): Promise<Session> {
    return this.exec(id, { ...request, command: [] });
  }

  usage(): Promise<ReadonlyMap<string, ContainerUsage>> {
    const running = this.actual().filter(({ state }) => state === 'running');
    const used = running.map((facts): [string, ContainerUsage] => {
      const cpuNanoseconds = Math.round(this.#work.secondsOf(facts.id, facts) * 1e9);
      return [facts.id, { cpuNanoseconds, workingSetBytes: 1_000 }];
    });
    return Promise.resolve(new Map(used));
  }

  useProcessors(): Promise<void> {
    return Promise.resolve();
  }

  dismantle(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }

  #find(id: string): FakeContainer | undefined {
    return this.#containers.get(id) ?? [...this.#containers.values()].find(({ facts }) => facts.name === id);
  }

  #end(id: string, exitCode: number): void {
    const container = this.#containers.get(id);
    if (container?.facts.state !== 'running') return;
    const { pid: _, ...facts } = container.facts;
    container.facts = { ...facts, state: 'exited', exitCode, finishedAtMs: this.#world.clock.now() };
    this.#actual = undefined;
    for (const listener of this.#listeners) listener(id);
  }
}

function imageFacts(name: string): ImageFacts {
  return {
    id: `image-${name}`,
    reference: `${name}@sha256:0`,
    sizeBytes: 1_000,
    entrypoint: ['/program'],
    command: [],
    user: '',
    stopSignal: '',
  };
}

function endedSession(output: string, exitCode: number): Session {
  const bytes = new Subscription<Uint8Array>();
  if (output !== '') bytes.push(new TextEncoder().encode(output));
  bytes.close();
  const main = { incoming: bytes, write: () => Promise.resolve(), end: () => undefined, abort: () => undefined };
  return { main, exit: Promise.resolve({ exitCode }) };
}

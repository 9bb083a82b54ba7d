/** For tests: the real API over a memory store, on a clock that stands still until somebody waits for something. */
import assert from 'node:assert/strict';
import { createOperations, type Operations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import { builtInKinds, type Door, type Node, node, StatusFailure } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';
import { Controllers } from '../framework/index.ts';
import type { Reconciler } from '../reconciler.ts';

export interface SimulatedHost {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Node['spec'];
  readonly cpu?: string;
  readonly memory?: string;
}

export class SimulatedCloud {
  readonly clock = new VirtualClock();
  readonly world: World;
  readonly store: MemoryStore;
  readonly #clients: ApiClient[] = [];
  readonly #controllers: (() => Promise<void>)[] = [];
  #operations: Operations | undefined;

  static async start(seed = 1): Promise<SimulatedCloud> {
    const cloud = new SimulatedCloud(seed);
    await cloud.restart();
    return cloud;
  }

  private constructor(seed: number) {
    const random = new SeededRandom(seed);
    this.world = { clock: this.clock, random, ids: new SeededIds(random.fork()), log: silentLog };
    this.store = new MemoryStore(this.world);
  }

  /** A client over a wire of its own, that can be cut. */
  client(): { client: ApiClient; wire: Wire } {
    const wire = new Wire(() =>
      this.#operations?.as({ name: 'system:godwit:controllers', groups: ['system:masters'] }),
    );
    const client = new ApiClient(wire, this.world);
    this.#clients.push(client);
    return { client, wire };
  }

  /** Runs controllers until what it answers is called, or the cloud is closed. */
  run(...reconcilers: readonly Reconciler[]): () => Promise<void> {
    const stopping = new AbortController();
    const running = new Controllers(reconcilers, this.world).run(stopping.signal);
    const stop = async () => {
      stopping.abort();
      await running;
    };
    this.#controllers.push(stop);
    return stop;
  }

  /** A host that is ready for machines. */
  async addHost(name: string, { labels, spec, ...allocatable }: SimulatedHost = {}): Promise<void> {
    const nodes = this.client().client.resource(node);
    const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
    const created = await nodes.create({ metadata, ...(spec && { spec }) });
    const conditions = [{ type: 'Ready', status: 'True' as const }];
    const status = { allocatable: { cpu: '4', memory: '4Gi', pods: '10', ...allocatable }, conditions };
    await nodes.updateStatus({ ...created, status });
  }

  /** Stops the API; all watches end. */
  async stop(): Promise<void> {
    const operations = this.#operations;
    this.#operations = undefined;
    await operations?.close();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#operations = await createOperations({ world: this.world, store: this.store, kinds: builtInKinds });
  }

  /** Lets time pass, from timer to timer, until the condition holds. */
  async until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 600_000): Promise<void> {
    const endMs = this.clock.monotonic() + withinMs;
    for (;;) {
      await settle();
      if (await condition()) return;
      const nextMs = this.clock.nextAtMs();
      assert.ok(nextMs !== undefined && nextMs <= endMs, `not within ${withinMs} ms: ${what}`);
      this.clock.step();
    }
  }

  /** Lets `durationMs` pass. */
  async pass(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, settle);
  }

  async close(): Promise<void> {
    for (const stop of this.#controllers) await stop();
    for (const client of this.#clients) client.close();
    await this.stop();
    await this.store.close();
  }
}

/** Everything that can go on without time passing does. */
async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * A door behind a wire. When it is cut, what is under way breaks and calls fail; when it hangs, calls get no
 * answer at all, although they arrive.
 */
export class Wire implements Door {
  readonly #door: () => Door | undefined;
  #state: 'whole' | 'cut' | 'hanging' = 'whole';
  #break = new AbortController();

  constructor(door: () => Door | undefined) {
    this.#door = door;
  }

  cut(): void {
    this.#state = 'cut';
    this.#break.abort();
    this.#break = new AbortController();
  }

  hang(): void {
    this.#state = 'hanging';
  }

  mend(): void {
    this.#state = 'whole';
  }

  async #call<T>(run: (door: Door) => Promise<T>): Promise<T> {
    const door = this.#reach();
    const answer = await run(door);
    return this.#state === 'hanging' ? await new Promise<never>(() => undefined) : answer;
  }

  #reach(): Door {
    const door = this.#door();
    if (!door || this.#state === 'cut') throw new StatusFailure('ServiceUnavailable', 'the API is out of reach');
    return door;
  }

  async *watch(...[address, options, signal]: Parameters<Door['watch']>): ReturnType<Door['watch']> {
    const broken = this.#break.signal;
    yield* this.#reach().watch(address, options, AbortSignal.any([signal, broken]));
    if (broken.aborted && !signal.aborted) throw new StatusFailure('ServiceUnavailable', 'the wire was cut');
  }

  get: Door['get'] = (...args) => this.#call((door) => door.get(...args));
  list: Door['list'] = (...args) => this.#call((door) => door.list(...args));
  create: Door['create'] = (...args) => this.#call((door) => door.create(...args));
  update: Door['update'] = (...args) => this.#call((door) => door.update(...args));
  patch: Door['patch'] = (...args) => this.#call((door) => door.patch(...args));
  delete: Door['delete'] = (...args) => this.#call((door) => door.delete(...args));
  deleteCollection: Door['deleteCollection'] = (...args) => this.#call((door) => door.deleteCollection(...args));
}

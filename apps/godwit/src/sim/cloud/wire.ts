import type { Operations, User } from '@godwit/api';
import { type Address, type Door, StatusFailure } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import type { Life } from '../world/life.ts';
import { unavailable, whileAlive } from './connection.ts';

/** The API as one life of a program serves it. */
export interface Server {
  readonly life: Life;
  readonly operations: Operations;
  readonly store: Store;
  /** Stands before the API, with a bug in it. */
  readonly planted?: ((door: Door) => Door) | undefined;
}

export interface WireOptions {
  /** Who calls. */
  readonly life: Life;
  /** Who serves now, if anybody does. */
  readonly server: () => Server | undefined;
  readonly user: User;
  readonly agent: string;
}

/** What a client finds out when nobody listens. */
const REFUSED_MS = 5;

/**
 * The way from one program to the API, over which requests and answers may be late, be lost, or come twice. When
 * the serving program dies, what is under way breaks off.
 */
export class Wire implements Door {
  readonly #options: WireOptions;
  #break = new AbortController();

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** All open watches break off. */
  cut(): void {
    this.#break.abort();
    this.#break = new AbortController();
  }

  get: Door['get'] = (...args) => this.#call('get', args[0], (door) => door.get(...args));
  list: Door['list'] = (...args) => this.#call('list', args[0], (door) => door.list(...args));
  create: Door['create'] = (...args) => this.#call('create', args[0], (door) => door.create(...args));
  update: Door['update'] = (...args) => this.#call('update', args[0], (door) => door.update(...args));
  patch: Door['patch'] = (...args) => this.#call('patch', args[0], (door) => door.patch(...args));
  delete: Door['delete'] = (...args) => this.#call('delete', args[0], (door) => door.delete(...args));
  deleteCollection: Door['deleteCollection'] = (...args) =>
    this.#call('deleteCollection', args[0], (door) => door.deleteCollection(...args));

  /** Orders to machines, as people give them: start, stop, pause, … */
  act(address: Address, body: unknown = {}): Promise<unknown> {
    const { user, agent } = this.#options;
    return this.#reach('act', address, ({ operations }) => operations.act({ user, agent }, address, 'update', body));
  }

  async *watch(...[address, options, signal]: Parameters<Door['watch']>): ReturnType<Door['watch']> {
    const { life } = this.#options;
    const server = await this.#connect();
    const broken = AbortSignal.any([this.#break.signal, server.life.signal]);
    const ends = AbortSignal.any([signal, broken]);
    for await (const event of this.#door(server).watch(address, options, ends)) {
      const { delayMs } = life.fates.next(life.wireWeather);
      if (delayMs || life.paused) await life.world.clock.sleep(delayMs ?? 0);
      if (!life.alive) await new Promise<never>(() => undefined);
      if (broken.aborted) break;
      yield event;
    }
    if (broken.aborted && !signal.aborted) throw unavailable('the connection broke');
  }

  #call<T>(verb: string, address: Address, run: (door: Door) => Promise<T>): Promise<T> {
    return this.#reach(verb, address, (server) => run(this.#door(server)));
  }

  async #reach<T>(verb: string, address: Address, run: (server: Server) => Promise<T>): Promise<T> {
    const { life } = this.#options;
    const what = `${verb} ${address.plural}${address.subresource ? `/${address.subresource}` : ''}`;
    try {
      return await life.effect(what, () => this.#ask(run), { weather: life.wireWeather });
    } catch (error) {
      if (error instanceof StatusFailure) throw error;
      throw unavailable(what, error);
    }
  }

  async #ask<T>(run: (server: Server) => Promise<T>): Promise<T> {
    const server = await this.#connect();
    return whileAlive(server.life, () => run(server));
  }

  async #connect(): Promise<Server> {
    const server = this.#options.server();
    if (server?.life.alive) return server;
    await this.#options.life.world.clock.sleep(REFUSED_MS);
    throw unavailable('connection refused');
  }

  #door({ operations, planted }: Server): Door {
    const door = operations.as(this.#options.user, this.#options.agent);
    return planted?.(door) ?? door;
  }
}

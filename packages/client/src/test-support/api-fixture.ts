/** For tests: the real API over a memory store, on a clock that stands still until somebody waits for something. */
import assert from 'node:assert/strict';
import { createOperations, type Operations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { builtInKinds, type Door, StatusFailure } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';

export class ApiFixture {
  readonly clock = new VirtualClock();
  readonly world: World;
  readonly store: MemoryStore;
  /** Calls that came in, by verb. */
  readonly calls = { list: 0, watch: 0 };
  #operations: Operations | undefined;

  static async start(): Promise<ApiFixture> {
    const fixture = new ApiFixture();
    await fixture.restart();
    return fixture;
  }

  private constructor() {
    const random = new SeededRandom(1);
    this.world = { clock: this.clock, random, ids: new SeededIds(random.fork()), log: silentLog };
    this.store = new MemoryStore(this.world);
  }

  /** A way in that stays the same over restarts; while the API is down, calls fail as over a network. */
  get door(): Door {
    const within = (): Door => {
      const door = this.#operations?.as({ name: 'admin', groups: ['system:masters'] });
      if (!door) throw new StatusFailure('ServiceUnavailable', 'the API is down');
      return door;
    };
    return {
      get: async (...args) => await within().get(...args),
      list: async (...args) => {
        this.calls.list++;
        return await within().list(...args);
      },
      watch: (...args) => {
        this.calls.watch++;
        return within().watch(...args);
      },
      create: async (...args) => await within().create(...args),
      update: async (...args) => await within().update(...args),
      patch: async (...args) => await within().patch(...args),
      delete: async (...args) => await within().delete(...args),
      deleteCollection: async (...args) => await within().deleteCollection(...args),
    };
  }

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
  async until(what: string, condition: () => boolean, withinMs = 120_000): Promise<void> {
    const endMs = this.clock.monotonic() + withinMs;
    for (;;) {
      await settle();
      if (condition()) return;
      const nextMs = this.clock.nextAtMs();
      assert.ok(nextMs !== undefined && nextMs <= endMs, `not within ${withinMs} ms: ${what}`);
      this.clock.step();
    }
  }

  async pass(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, settle);
  }

  async close(): Promise<void> {
    await this.stop();
    await this.store.close();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

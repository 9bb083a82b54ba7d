import { controllers as controllersUser, createOperations, type Operations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { builtInKinds, type Door } from '@godwit/kinds';
import { fitsOnNode, type Policy } from '@godwit/planner';
import { MemoryStore } from '@godwit/store';
import { bootstrap } from '../../../cloud/bootstrap.ts';
import { type OpenControllers, openControllers } from '../../../cloud/open-controllers.ts';
import { Fleet } from './fleet.ts';
import { QuietDoor } from './quiet-door.ts';
import type { HostFacts } from './rehearsed-host.ts';

export interface RehearsedCloudOptions {
  readonly seed: number;
  readonly hosts: readonly HostFacts[];
  readonly policy: Policy;
}

/** Addresses enough for the largest rehearsal; of the cloud's own network nothing is decided here. */
const NETWORK = {
  apiVersion: 'godwit.dev/v1alpha1',
  kind: 'Network',
  metadata: { name: 'default' },
  spec: {
    subnet: '10.0.0.0/9',
    gateway: '10.127.255.254',
    serviceSubnet: '10.128.0.0/16',
    loadBalancerRange: '10.129.0.0/16',
    dnsDomain: 'cluster.local',
    mtu: 1500,
  },
};
const INSTANCE = { id: '51a10000', octet: 64, port: 6443 };
/** What is left of the past: nobody comes back after a broken connection here. */
const RETENTION = { forMs: 10_000, batches: 2_000 };
/** Nothing is lost on the way here, so nothing needs to be looked at without a change. */
const NEVER_MS = 2 ** 40;

/** The API and the controllers of a whole cloud over a store in memory, and its hosts, on one virtual clock. */
export class RehearsedCloud {
  readonly clock: VirtualClock;
  readonly fleet: Fleet;
  readonly #operations: Operations;
  readonly #controllers: OpenControllers;
  readonly #quiet: QuietDoor;
  readonly #store: MemoryStore;

  static async open(options: RehearsedCloudOptions): Promise<RehearsedCloud> {
    const clock = new VirtualClock();
    const random = new SeededRandom(options.seed);
    const world: World = { clock, random, ids: new SeededIds(random.fork()), log: silentLog };
    const store = new MemoryStore({ clock, retention: RETENTION });
    const operations = await createOperations({ world, store, kinds: builtInKinds, fits: fitsOnNode });
    const quiet = new QuietDoor();
    const door = (user: Parameters<Operations['as']>[0], agent?: string): Door =>
      quiet.around(operations.as(user, agent));
    const admin = door(controllersUser, 'godwit-sim');
    await admin.create({ group: 'godwit.dev', version: 'v1alpha1', plural: 'networks' }, NETWORK);
    await bootstrap(admin, INSTANCE);
    const controllers = openControllers({ as: door }, world, '', { policy: options.policy, rescanMs: NEVER_MS });
    const fleet = new Fleet(options.hosts, admin, world);
    const cloud = new RehearsedCloud(clock, fleet, { operations, controllers, quiet, store });
    await cloud.until(Promise.all([controllers.ready, fleet.start()]));
    return cloud;
  }

  private constructor(
    clock: VirtualClock,
    fleet: Fleet,
    parts: { operations: Operations; controllers: OpenControllers; quiet: QuietDoor; store: MemoryStore },
  ) {
    this.clock = clock;
    this.fleet = fleet;
    this.#operations = parts.operations;
    this.#controllers = parts.controllers;
    this.#quiet = parts.quiet;
    this.#store = parts.store;
  }

  /** Revisions that have been written. */
  get writes(): number {
    return this.#store.revision;
  }

  /** Events that were counted and not written. */
  get quietEvents(): number {
    return this.#quiet.told;
  }

  /** Lets time pass as far as it takes until `work` is done; a year at most. */
  async until<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const watched = work.finally(() => {
      done = true;
    });
    watched.catch(() => undefined);
    await settle();
    while (!done) {
      if (!this.clock.step()) await settle();
      await settle();
    }
    return watched;
  }

  async pass(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, settle);
  }

  async close(): Promise<void> {
    const closing = this.#controllers.close();
    this.fleet.client.close();
    await this.until(closing);
    await this.#operations.close();
    await this.#store.close();
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { controllers as controllersUser, createOperations, type Operations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, type VirtualClock, type World } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import { ApiMover, ApiResizer, type MetricsSource, type WhyWaiting } from '@godwit/controllers';
import { balancePolicy, builtInKinds, type Door, type KubeObject, type Network } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';
import { BindingRule } from '../../../cloud/binding-rule.ts';
import { bootstrap } from '../../../cloud/bootstrap.ts';
import { type OpenControllers, openControllers } from '../../../cloud/open-controllers.ts';
import type { PolicyObject } from '../plan/index.ts';
import { Fleet } from './fleet.ts';
import { QuietDoor } from './quiet-door.ts';
import type { HostFacts } from './rehearsed-host.ts';
import { RehearsedMeter, type ShareOf } from './rehearsed-meter.ts';
import { RehearsedPower } from './rehearsed-power.ts';
import { restore } from './restore.ts';

export interface RehearsedCloudOptions {
  readonly seed: number;
  readonly hosts: readonly HostFacts[];
  /** What there is at the beginning, as it stands. */
  readonly objects?: readonly KubeObject[];
  /** BalancePolicies that are there from the beginning. */
  readonly policies: readonly PolicyObject[];
  /** How long hosts take to start. */
  readonly wakeMs: number;
  readonly shareOf: ShareOf;
  readonly clock: VirtualClock;
  /** What autoscalers read. */
  readonly metrics: MetricsSource;
}

/** Addresses enough for the largest rehearsal; of the cloud's own network nothing is decided here. */
const NETWORK: Network = {
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

interface CloudParts {
  readonly clock: VirtualClock;
  readonly fleet: Fleet;
  readonly power: RehearsedPower;
  readonly operations: Operations;
  readonly controllers: OpenControllers;
  readonly quiet: QuietDoor;
  readonly store: MemoryStore;
  readonly rule: BindingRule;
  readonly refusals: ReadonlyMap<string, WhyWaiting>;
}

/** The API and the controllers of a whole cloud over a store in memory, and its hosts, on one virtual clock. */
export class RehearsedCloud {
  readonly clock: VirtualClock;
  readonly fleet: Fleet;
  readonly power: RehearsedPower;
  /** What the messages of refusals stand for. */
  readonly refusals: ReadonlyMap<string, WhyWaiting>;
  readonly #operations: Operations;
  readonly #controllers: OpenControllers;
  readonly #quiet: QuietDoor;
  readonly #store: MemoryStore;
  readonly #rule: BindingRule;

  static async open(options: RehearsedCloudOptions): Promise<RehearsedCloud> {
    const { clock, metrics } = options;
    const random = new SeededRandom(options.seed);
    const world: World = { clock, random, ids: new SeededIds(random.fork()), log: silentLog };
    const store = new MemoryStore({ clock, retention: RETENTION });
    await restore(store, options.objects ?? [], NETWORK, (kind) => builtInKinds.find((each) => each.kind === kind));
    const rule = new BindingRule();
    const operations = await createOperations({ world, store, kinds: builtInKinds, allocations: rule.allocations });
    const quiet = new QuietDoor();
    const door = (user: Parameters<Operations['as']>[0], agent?: string): Door =>
      quiet.around(operations.as(user, agent));
    const admin = door(controllersUser, 'godwit-sim');
    await admin.create({ group: 'godwit.dev', version: 'v1alpha1', plural: 'networks' }, NETWORK);
    await bootstrap(admin, INSTANCE);
    rule.follow({ as: door }, world);
    const own = new ApiClient(admin, world);
    for (const { name, spec } of options.policies) {
      await own.resource(balancePolicy).create({ metadata: { name }, spec });
      // Which of them is the older decides between those that select the same hosts.
      await clock.advance(1_000, settle);
    }
    const fleet = new Fleet(options.hosts, admin, world);
    const power = new RehearsedPower(fleet, options.wakeMs);
    const refusals = new Map<string, WhyWaiting>();
    const controllers = openControllers({ as: door }, world, '', {
      drivers: { mover: new ApiMover(own), resizer: new ApiResizer(own), power },
      meter: new RehearsedMeter(fleet.client, options.shareOf),
      metrics,
      onRefusal: (message, why) => refusals.set(message, why),
      rescanMs: NEVER_MS,
    });
    const cloud = new RehearsedCloud({ clock, fleet, power, operations, controllers, quiet, store, rule, refusals });
    await cloud.until(Promise.all([controllers.ready, fleet.start()]));
    return cloud;
  }

  private constructor(parts: CloudParts) {
    this.clock = parts.clock;
    this.fleet = parts.fleet;
    this.power = parts.power;
    this.refusals = parts.refusals;
    this.#rule = parts.rule;
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
    this.#rule.close();
    await this.#operations.close();
    await this.#store.close();
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

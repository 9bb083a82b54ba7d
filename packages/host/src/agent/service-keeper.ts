import { describeError, type Timer, type World } from '@godwit/base';
import type { ApiClient, KindCache } from '@godwit/client';
import { elasticPolicy, endpointSlice, type IPAddress, ipAddress, service, wakingServices } from '@godwit/kinds';
import type { NetworkDriver, ServiceTable } from '../network-driver.ts';
import { ServiceTableMaker, servedAddresses, sleepingServices } from '../services/index.ts';
import type { BalancerNews } from './node-keeper.ts';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;
/** How often it is looked whether somebody waits for a service that sleeps; nobody looks where none does. */
const LISTEN_MS = 100;

export interface ServiceKeeperOptions {
  readonly client: ApiClient;
  readonly world: World;
  readonly network: NetworkDriver;
  /** Hears which load balancer addresses are served, and for which services requests wait. */
  readonly onNews: (news: BalancerNews) => Promise<void>;
}

/**
 * Keeps the host's service tables as Services and EndpointSlices say; changes that come together go together. Of services
 * that sleep it tells when the first request waits for them.
 */
export class ServiceKeeper {
  readonly #options: ServiceKeeperOptions;
  readonly #maker = new ServiceTableMaker();
  /** Of services only: machines have theirs written beside them, and there are many. */
  readonly #addresses: KindCache<IPAddress>;
  #unsubscribes: (() => void)[] = [];
  #waking: ReadonlySet<string> = new Set();
  #table: ServiceTable = { services: [], hosts: [] };
  #listening: Timer | undefined;
  #stale = false;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ServiceKeeperOptions) {
    this.#options = options;
    this.#addresses = options.client.selection(ipAddress, { fieldSelector: 'spec.parentRef.resource=services' });
  }

  async start(): Promise<void> {
    const { client } = this.#options;
    const policies = client.cache(elasticPolicy);
    const caches = [client.cache(service), client.cache(endpointSlice), this.#addresses];
    await Promise.all([...caches, policies].map((cache) => cache.ready));
    if (this.#stopped) return;
    this.#unsubscribes = caches.map((cache) => cache.subscribe(() => this.#touch()));
    this.#unsubscribes.push(policies.subscribe(() => this.#touchForPolicies()));
    this.#touchForPolicies();
    this.#touch();
    await this.#working;
  }

  stop(): void {
    this.#stopped = true;
    this.#listening?.cancel();
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
  }

  /** Policies say often how they stand, and seldom something else that matters here. */
  #touchForPolicies(): void {
    const policies = [...this.#options.client.cache(elasticPolicy).values()];
    const waking = new Set(policies.flatMap((policy) => wakingServices(policy)));
    if (waking.size === this.#waking.size && [...waking].every((name) => this.#waking.has(name))) return;
    this.#waking = waking;
    this.#touch();
  }

  #touch(): void {
    this.#stale = true;
    this.#turn();
  }

  #turn(): void {
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#options.world;
    let failures = 0;
    do {
      const stale = this.#stale;
      this.#stale = false;
      try {
        if (stale) await this.#apply();
        await this.#listen();
        failures = 0;
      } catch (error) {
        log.warn('cannot apply services', { error: describeError(error) });
        this.#stale = true;
        await clock.sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++));
      }
    } while (this.#stale && !this.#stopped);
    // In one breath with the last look: who touches it from here on begins anew.
    this.#working = undefined;
  }

  async #apply(): Promise<void> {
    const { client, network } = this.#options;
    this.#table = this.#maker.make({
      services: client.cache(service).values(),
      endpointSlices: client.cache(endpointSlice).values(),
      addresses: this.#addresses.values(),
      waking: this.#waking,
    });
    await network.applyServices(this.#table);
  }

  /** Tells how the load balancer stands, and looks again soon while requests may come to wait. */
  async #listen(): Promise<void> {
    const { network, onNews, world } = this.#options;
    this.#listening?.cancel();
    const asleep = new Set(sleepingServices(this.#table));
    const readings = asleep.size > 0 ? await network.balancers() : [];
    const waiting = readings.filter(({ queued }) => queued > 0).map(({ namespace, name }) => `${namespace}/${name}`);
    await onNews({ addresses: servedAddresses(this.#table), waiting: waiting.filter((name) => asleep.has(name)) });
    if (asleep.size > 0 && !this.#stopped) this.#listening = world.clock.after(LISTEN_MS, () => this.#turn());
  }
}

import { describeError, type World } from '@godwit/base';
import type { ApiClient, KindCache } from '@godwit/client';
import { endpointSlice, type IPAddress, ipAddress, service } from '@godwit/kinds';
import type { NetworkDriver } from '../network-driver.ts';
import { ServiceTableMaker, servedAddresses } from '../services/index.ts';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;

export interface ServiceKeeperOptions {
  readonly client: ApiClient;
  readonly world: World;
  readonly network: NetworkDriver;
  /** Hears which load balancer addresses are served, after each change. */
  readonly onServed: (addresses: readonly string[]) => Promise<void>;
}

/** Keeps the host's service tables as Services and EndpointSlices say. Changes that come together go together. */
export class ServiceKeeper {
  readonly #options: ServiceKeeperOptions;
  readonly #maker = new ServiceTableMaker();
  /** Of services only: machines have theirs written beside them, and there are many. */
  readonly #addresses: KindCache<IPAddress>;
  #unsubscribes: (() => void)[] = [];
  #stale = false;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ServiceKeeperOptions) {
    this.#options = options;
    this.#addresses = options.client.selection(ipAddress, { fieldSelector: 'spec.parentRef.resource=services' });
  }

  async start(): Promise<void> {
    const { client } = this.#options;
    const caches = [client.cache(service), client.cache(endpointSlice), this.#addresses];
    await Promise.all(caches.map((cache) => cache.ready));
    if (this.#stopped) return;
    this.#unsubscribes = caches.map((cache) => cache.subscribe(() => this.#touch()));
    this.#touch();
    await this.#working;
  }

  stop(): void {
    this.#stopped = true;
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
  }

  #touch(): void {
    this.#stale = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#options.world;
    let failures = 0;
    while (this.#stale && !this.#stopped) {
      this.#stale = false;
      try {
        await this.#apply();
        failures = 0;
      } catch (error) {
        log.warn('cannot apply services', { error: describeError(error) });
        this.#stale = true;
        await clock.sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++));
      }
    }
  }

  async #apply(): Promise<void> {
    const { client, network, onServed } = this.#options;
    const table = this.#maker.make({
      services: client.cache(service).values(),
      endpointSlices: client.cache(endpointSlice).values(),
      addresses: this.#addresses.values(),
    });
    await network.applyServices(table);
    await onServed(servedAddresses(table));
  }
}

import type { ApiClient, KindCache } from '@godwit/client';
import { type Lease, lease } from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import type { Wake } from '../reconciler.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const DEFAULT_SECONDS = 40;

/**
 * How long nodes have not been heard of, by the Leases that their agents renew. Time is measured here, from when a renewal was seen: clocks of others do not count,
 * and after a start every node has its whole time to be heard again.
 */
export class Heartbeats {
  readonly wakes: readonly Wake[];
  readonly #leases: KindCache<Lease>;
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, { readonly renewal: string; readonly atMs: number }>();

  constructor(client: ApiClient) {
    this.#leases = client.cache(lease);
    this.#nowMs = () => client.world.clock.monotonic();
    this.wakes = [
      wake(this.#leases, ({ metadata: { namespace, name } }) => (namespace === LEASE_NAMESPACE ? [name ?? ''] : [])),
    ];
  }

  /** Milliseconds for which the node may be silent, and has been. Undefined for one that never promised to speak. */
  silence(node: string): { readonly allowedMs: number; readonly silentMs: number } | undefined {
    const known = this.#leases.get({ namespace: LEASE_NAMESPACE, name: node });
    if (!known) {
      this.#seen.delete(node);
      return undefined;
    }
    const renewal = known.spec?.renewTime ?? '';
    const nowMs = this.#nowMs();
    let seen = this.#seen.get(node);
    if (seen?.renewal !== renewal) this.#seen.set(node, (seen = { renewal, atMs: nowMs }));
    return { allowedMs: (known.spec?.leaseDurationSeconds ?? DEFAULT_SECONDS) * 1000, silentMs: nowMs - seen.atMs };
  }
}

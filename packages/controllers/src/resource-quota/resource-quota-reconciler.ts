import { type ApiClient, type KindCache, sameJson } from '@godwit/client';
import { type KindDefinition, type KubeObject, type ResourceQuota, resourceQuota, usageOf } from '@godwit/kinds';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { quotaStatus } from './count-usage.ts';

export class ResourceQuotaReconciler implements Reconciler {
  readonly name = 'resource-quota';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #quotas: KindCache<ResourceQuota>;
  readonly #counted: readonly { readonly kind: KindDefinition; readonly cache: KindCache<KubeObject> }[];

  /** @param kinds namespaced kinds whose objects quotas count */
  constructor(client: ApiClient, kinds: readonly KindDefinition[]) {
    this.#client = client;
    this.#quotas = client.cache(resourceQuota);
    this.#counted = kinds.map((kind) => ({ kind, cache: client.cache(kind) }));
    this.wakes = [
      wake(this.#quotas),
      ...this.#counted.map(({ kind, cache }) => wake(cache, (object) => this.#quotasOf(kind, object))),
    ];
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const quota = this.#quotas.get(namespacedName(name));
    if (!quota || quota.metadata.deletionTimestamp !== undefined) return done;
    // A charge is written together with the object that it is for: what the quota knows, the count must know.
    const { resourceVersion, namespace = '' } = quota.metadata;
    await Promise.all(this.#counted.map(({ cache }) => cache.reached(resourceVersion, signal)));
    const counted = this.#counted.map(({ kind, cache }) => ({ kind, objects: cache.values(namespace) }));
    const status = quotaStatus(quota, counted);
    if (!sameJson(status, quota.status)) {
      await this.#client.resource(resourceQuota).updateStatus({ ...quota, status });
    }
    return done;
  }

  /** Quotas of the object's namespace that limit anything of which it uses some. */
  #quotasOf(kind: KindDefinition, object: KubeObject): readonly string[] {
    const quotas = [...this.#quotas.values(object.metadata.namespace)];
    if (quotas.length === 0) return [];
    const used = usageOf(kind, object);
    return quotas.filter(({ spec }) => Object.keys(spec?.hard ?? {}).some((name) => name in used)).map(nameOf);
  }
}

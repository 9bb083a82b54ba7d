import type { ApiClient, KindCache } from '@godwit/client';
import {
  type ConfigMap,
  configMap,
  isAlreadyExists,
  type KubeObject,
  type Namespace,
  namespace,
  type ServiceAccount,
  serviceAccount,
} from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';

const ACCOUNT = 'default';
const AUTHORITY = 'kube-root-ca.crt';
const AUTHORITY_KEY = 'ca.crt';

export class ServiceAccountReconciler implements Reconciler {
  readonly name = 'service-account';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #certificates: string;
  readonly #namespaces: KindCache<Namespace>;
  readonly #accounts: KindCache<ServiceAccount>;
  readonly #configMaps: KindCache<ConfigMap>;

  /** @param certificates PEM of the authorities that signed the API's certificate */
  constructor(client: ApiClient, certificates: string) {
    this.#client = client;
    this.#certificates = certificates;
    this.#namespaces = client.cache(namespace);
    this.#accounts = client.cache(serviceAccount);
    this.#configMaps = client.cache(configMap);
    this.wakes = [
      wake(this.#namespaces),
      wake(this.#accounts, (item) => namespaceOf(item, ACCOUNT)),
      wake(this.#configMaps, (item) => namespaceOf(item, AUTHORITY)),
    ];
  }

  async reconcile(name: string): Promise<Outcome> {
    const item = this.#namespaces.get({ name });
    if (!item || item.metadata.deletionTimestamp !== undefined || item.status?.phase === 'Terminating') return done;
    if (!this.#accounts.get({ namespace: name, name: ACCOUNT })) {
      const metadata = { namespace: name, name: ACCOUNT };
      await this.#client.resource(serviceAccount).create({ metadata }).catch(ignoreExisting);
    }
    await this.#publishAuthority(name);
    return done;
  }

  async #publishAuthority(where: string): Promise<void> {
    const address = { namespace: where, name: AUTHORITY };
    const data = { [AUTHORITY_KEY]: this.#certificates };
    const known = this.#configMaps.get(address);
    const configMaps = this.#client.resource(configMap);
    if (!known) await configMaps.create({ metadata: address, data }).catch(ignoreExisting);
    else if (known.data?.[AUTHORITY_KEY] !== this.#certificates) await configMaps.update({ ...known, data });
  }
}

function namespaceOf({ metadata }: KubeObject, name: string): readonly string[] {
  return metadata.name === name ? [metadata.namespace ?? ''] : [];
}

function ignoreExisting(error: unknown): void {
  if (!isAlreadyExists(error)) throw error;
}

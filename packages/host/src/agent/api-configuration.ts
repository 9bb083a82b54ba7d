import { Failure } from '@godwit/base';
import { type ApiClient, cacheOf, type KindCache } from '@godwit/client';
import {
  type ConfigMap,
  configMap,
  type KindDefinition,
  type KubeObject,
  type Pod,
  persistentVolume,
  persistentVolumeClaim,
  type Secret,
  type Service,
  type Stored,
  secret,
  service,
  serviceAccount,
  type TokenRequest,
  volumeStateOf,
} from '@godwit/kinds';
import { type ConfigurationSource, mentionsOf, type Token } from '../pod/index.ts';
import type { VolumeDriver } from '../volume-driver.ts';

/** One object that pods mention, watched while somebody does. */
interface Followed {
  readonly stop: () => void;
}

/** A watch that several pods share. */
interface Shared {
  readonly cache: KindCache<KubeObject>;
  readonly end: AbortController;
  users: number;
}

/** ConfigurationSource over the API. */
export class ApiConfiguration implements ConfigurationSource {
  readonly #client: ApiClient;
  readonly #volumes: VolumeDriver;
  readonly #shared = new Map<string, Shared>();
  readonly #followed = new Map<string, { key: string; parts: readonly Followed[] }>();

  constructor(client: ApiClient, volumes: VolumeDriver) {
    this.#client = client;
    this.#volumes = volumes;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#client.resource(configMap).find({ namespace, name });
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#client.resource(secret).find({ namespace, name });
  }

  async services(namespace: string): Promise<readonly Stored<Service>[]> {
    const cache = this.#client.cache(service);
    await cache.ready;
    const own = [...cache.values(namespace)];
    const api = namespace === 'default' ? undefined : cache.get({ namespace: 'default', name: 'kubernetes' });
    return api ? [...own, api] : own;
  }

  async token(pod: Stored<Pod>, audiences: readonly string[], expirationSeconds: number): Promise<Token> {
    const { namespace = '', name, uid } = pod.metadata;
    const { group, version, plural } = serviceAccount;
    const account = pod.spec.serviceAccountName ?? 'default';
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
    const answer = (await this.#client.door.create(
      { group, version, plural, namespace, name: account, subresource: 'token' },
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences, expirationSeconds, boundObjectRef },
      },
    )) as unknown as TokenRequest;
    const { status } = answer;
    if (!status) throw new Failure('volume-source-missing', 'the API gave no token', { retryable: true });
    return { text: status.token, expiresAtMs: Date.parse(status.expirationTimestamp) };
  }

  async claimFolder(namespace: string, claim: string): Promise<string> {
    const found = await this.#client.resource(persistentVolumeClaim).find({ namespace, name: claim });
    if (!found) throw notReady(`persistentvolumeclaim "${claim}" not found`);
    const name = found.spec.volumeName;
    if (!name || found.status?.phase !== 'Bound') throw notReady(`persistentvolumeclaim "${claim}" is not bound yet`);
    const volume = await this.#client.resource(persistentVolume).find({ name });
    if (!volume) throw notReady(`persistentvolume "${name}" not found`);
    const { spec } = volume;
    if (spec?.hostPath) return spec.hostPath.path;
    if (spec?.local) return spec.local.path;
    const state = volumeStateOf(volume);
    if (state?.phase === 'Failed') throw notReady(`volume "${name}" cannot be made: ${state.message}`);
    if (!state) throw notReady(`volume "${name}" is not made yet`);
    return this.#volumes.folder(name);
  }

  follow(pod: Stored<Pod>, onChange: () => void): void {
    const { uid, namespace = '' } = pod.metadata;
    const { configMaps, secrets } = mentionsOf(pod);
    const key = JSON.stringify([[...configMaps].sort(), [...secrets].sort()]);
    if (this.#followed.get(uid)?.key === key) return;
    this.forget(uid);
    const parts = [
      ...[...configMaps].map((name) => this.#watch(configMap, namespace, name, onChange)),
      ...[...secrets].map((name) => this.#watch(secret, namespace, name, onChange)),
    ];
    this.#followed.set(uid, { key, parts });
  }

  forget(podUid: string): void {
    for (const { stop } of this.#followed.get(podUid)?.parts ?? []) stop();
    this.#followed.delete(podUid);
  }

  /** Watches one object by its name, which is all that a host may watch of secrets. */
  #watch<T extends KubeObject>(
    kind: KindDefinition<T>,
    namespace: string,
    name: string,
    onChange: () => void,
  ): Followed {
    const key = `${kind.plural}/${namespace}/${name}`;
    const shared = this.#shared.get(key) ?? this.#open(key, kind, namespace, name);
    shared.users++;
    let stopped = false;
    let unsubscribe: (() => void) | undefined;
    // What was there when the pod began has been read already.
    const listen = async (): Promise<void> => {
      await shared.cache.ready;
      if (!stopped) unsubscribe = shared.cache.subscribe(onChange);
    };
    void listen();
    return {
      stop: () => {
        if (stopped) return;
        stopped = true;
        unsubscribe?.();
        shared.users--;
        if (shared.users > 0) return;
        shared.end.abort();
        this.#shared.delete(key);
      },
    };
  }

  #open<T extends KubeObject>(key: string, kind: KindDefinition<T>, namespace: string, name: string): Shared {
    const end = new AbortController();
    const { world } = this.#client;
    const selection = { namespace, fieldSelector: `metadata.name=${name}` };
    const cache = cacheOf(this.#client.resource(kind), selection, world, end.signal);
    const shared: Shared = { cache: cache as unknown as KindCache<KubeObject>, end, users: 0 };
    this.#shared.set(key, shared);
    return shared;
  }
}

function notReady(message: string): Failure {
  return new Failure('volume-not-ready', message, { retryable: true });
}

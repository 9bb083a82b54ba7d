import type { World } from '@godwit/base';
import type { Door, KindDefinition, KubeObject } from '@godwit/kinds';
import type { Resource } from './client.ts';
import { type CacheOptions, cacheOf, type KindCache } from './kind-cache.ts';
import type { IndexFunction } from './object-set.ts';
import { resourceOf } from './resource.ts';

/**
 * One user's access to the API: resources and caches of any kind through one door. A whole kind is
 * cached once, whoever asks for it; caches live until the client is closed.
 */
export class ApiClient {
  readonly door: Door;
  readonly world: World;
  readonly #resources = new Map<KindDefinition<never>, unknown>();
  readonly #caches = new Map<KindDefinition<never>, KindCache<never>>();
  readonly #closing = new AbortController();

  constructor(door: Door, world: World) {
    this.door = door;
    this.world = world;
  }

  resource<T extends KubeObject>(kind: KindDefinition<T>): Resource<T> {
    const key = kind as unknown as KindDefinition<never>;
    const known = this.#resources.get(key) as Resource<T> | undefined;
    if (known) return known;
    const resource = resourceOf(this.door, kind);
    this.#resources.set(key, resource);
    return resource;
  }

  /** The shared cache of a whole kind. `indexes` are added to those that others declared; names are shared. */
  cache<T extends KubeObject>(
    kind: KindDefinition<T>,
    indexes: Readonly<Record<string, IndexFunction<T>>> = {},
  ): KindCache<T> {
    const key = kind as unknown as KindDefinition<never>;
    let cache = this.#caches.get(key) as KindCache<T> | undefined;
    if (!cache) {
      cache = cacheOf(this.resource(kind), {}, this.world, this.#closing.signal);
      this.#caches.set(key, cache as unknown as KindCache<never>);
    }
    for (const [name, valuesOf] of Object.entries(indexes)) cache.addIndex(name, valuesOf);
    return cache;
  }

  /** A cache of some of a kind's objects, for whoever asks alone. */
  selection<T extends KubeObject>(kind: KindDefinition<T>, options: CacheOptions<T>): KindCache<T> {
    return cacheOf(this.resource(kind), options, this.world, this.#closing.signal);
  }

  /** Resolves once all shared caches that have been asked for are filled. */
  async ready(): Promise<void> {
    await Promise.all([...this.#caches.values()].map((cache) => cache.ready));
  }

  /** Ends all caches. */
  close(): void {
    this.#closing.abort();
  }
}

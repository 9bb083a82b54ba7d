import { describeError, type World } from '@godwit/base';
import type { KindDefinition, KubeObject, Stored } from '@godwit/kinds';
import type { Cache, Change, NamespacedName, Resource } from './client.ts';
import { type Follower, type FollowOptions, follow } from './follow.ts';
import { type IndexFunction, ObjectSet } from './object-set.ts';

export interface CacheOptions<T extends KubeObject> extends FollowOptions {
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
}

interface Waiter {
  readonly version: number;
  readonly resolve: () => void;
}

/** Keeps a kind's objects as they stand, until `signal` is aborted. */
export function cacheOf<T extends KubeObject>(
  resource: Resource<T>,
  options: CacheOptions<T>,
  world: World,
  signal: AbortSignal,
): KindCache<T> {
  return new KindCache(resource, options, world, signal);
}

/** The informer: see {@link Cache}. */
export class KindCache<T extends KubeObject> implements Cache<T> {
  readonly kind: KindDefinition<T>;
  readonly ready: Promise<void>;
  readonly #world: World;
  readonly #objects = new ObjectSet<T>();
  readonly #subscribers = new Set<(change: Change<T>) => void>();
  readonly #waiters = new Set<Waiter>();
  #version = 0;
  #isReady = false;
  #setReady: () => void = () => undefined;

  constructor(resource: Resource<T>, options: CacheOptions<T>, world: World, signal: AbortSignal) {
    const { indexes = {}, ...where } = options;
    this.kind = resource.kind;
    this.#world = world;
    this.ready = new Promise((resolve) => {
      this.#setReady = resolve;
    });
    for (const [name, valuesOf] of Object.entries(indexes)) this.addIndex(name, valuesOf);
    const follower: Follower<T> = {
      listed: (objects, version) => this.#listed(objects, version),
      put: (object) => this.#put(object),
      removed: (object) => this.#removed(object),
      advanced: (version) => this.#advanced(version),
    };
    void follow(resource, where, follower, world, signal);
  }

  get size(): number {
    return this.#objects.size;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get(name: NamespacedName): Stored<T> | undefined {
    return this.#objects.get(name);
  }

  values(namespace?: string): Iterable<Stored<T>> {
    return this.#objects.values(namespace);
  }

  by(index: string, value: string): Iterable<Stored<T>> {
    return this.#objects.by(index, value);
  }

  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    this.#objects.addIndex(name, valuesOf);
  }

  subscribe(onChange: (change: Change<T>) => void): () => void {
    this.#subscribers.add(onChange);
    return () => this.#subscribers.delete(onChange);
  }

  reached(resourceVersion: string, signal?: AbortSignal): Promise<void> {
    const version = Number(resourceVersion);
    if (this.#isReady && version <= this.#version) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#waiters.delete(waiter);
        reject(signal?.reason);
      };
      const waiter = {
        version,
        resolve: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Takes a listing over, telling only what is different from before. */
  #listed(objects: readonly Stored<T>[], version: string): void {
    const listed = new Set<string>();
    for (const object of objects) {
      listed.add(nameOf(object));
      this.#put(object);
    }
    const before = [...this.#objects.values()];
    for (const object of before) if (!listed.has(nameOf(object))) this.#removed(object);
    // A store that was put back to an earlier state has lower versions: what it lists is the truth all the same.
    this.#version = Number(version);
    this.#isReady = true;
    this.#setReady();
    this.#wakeWaiters();
  }

  #put(after: Stored<T>): void {
    const known = this.#objects.get(after.metadata);
    const sameObject = known?.metadata.uid === after.metadata.uid;
    if (sameObject && known?.metadata.resourceVersion === after.metadata.resourceVersion) return;
    const before = this.#objects.put(after);
    if (before && sameObject) {
      this.#tell({ type: 'changed', before, after });
      return;
    }
    // Under the same name another object: its predecessor's end was not seen.
    if (before) this.#tell({ type: 'removed', before });
    this.#tell({ type: 'added', after });
  }

  #removed(object: Stored<T>): void {
    const before = this.#objects.remove(object.metadata);
    if (before) this.#tell({ type: 'removed', before });
  }

  #advanced(version: string): void {
    this.#version = Math.max(this.#version, Number(version));
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    for (const waiter of this.#waiters) {
      if (waiter.version > this.#version) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #tell(change: Change<T>): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(change);
      } catch (error) {
        this.#world.log.error('a subscriber failed', { plural: this.kind.plural, error: describeError(error) });
      }
    }
  }
}

function nameOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

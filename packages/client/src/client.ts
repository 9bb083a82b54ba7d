import type {
  DeleteOptions,
  DeleteResult,
  Draft,
  KindDefinition,
  KubeObject,
  ListOptions,
  ObjectList,
  Patch,
  Stored,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '@godwit/kinds';

/** Typed access to one kind through a door. Made by `resourceOf(door, kind)`. */
export interface Resource<T extends KubeObject> {
  readonly kind: KindDefinition<T>;
  get(name: NamespacedName): Promise<Stored<T>>;
  /** The object, or undefined where `get` would throw `NotFound`. */
  find(name: NamespacedName): Promise<Stored<T> | undefined>;
  list(options?: ListOptions & { readonly namespace?: string }): Promise<ObjectList<T>>;
  watch(options: WatchOptions & { readonly namespace?: string }, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  /** `apiVersion` and `kind` are filled in. */
  create(object: New<T>, options?: WriteOptions): Promise<Stored<T>>;
  update(object: Stored<T>, options?: WriteOptions): Promise<Stored<T>>;
  updateStatus(object: Stored<T>, options?: WriteOptions): Promise<Stored<T>>;
  patch(
    name: NamespacedName,
    patch: Patch,
    options?: WriteOptions & { readonly subresource?: string },
  ): Promise<Stored<T>>;
  delete(name: NamespacedName, options?: DeleteOptions): Promise<DeleteResult>;
  /**
   * Reads, lets `change` edit a private copy, writes guarded by resourceVersion; on `Conflict` begins
   * again. Writes nothing when nothing changed. `change` may return false to leave it alone.
   */
  modify(
    name: NamespacedName,
    change: (draft: Draft<Stored<T>>) => boolean | void,
    options?: WriteOptions & { readonly subresource?: 'status' },
  ): Promise<Stored<T>>;
}

export interface NamespacedName {
  readonly namespace?: string;
  readonly name: string;
}

/** An object to create: as the kind's type, but for what is filled in for the caller. */
export type New<T extends KubeObject> = Omit<T, 'apiVersion' | 'kind'>;

/**
 * A kind's objects as they stand, kept by list and watch (an informer). Objects are shared: never change
 * them. Survives server restarts and expired versions by listing again.
 */
export interface Cache<T extends KubeObject = KubeObject> {
  readonly kind: KindDefinition<T>;
  /** Resolves once the first listing is in. */
  readonly ready: Promise<void>;
  get(name: NamespacedName): Stored<T> | undefined;
  /** All of them, or those of one namespace, without copying. */
  values(namespace?: string): Iterable<Stored<T>>;
  readonly size: number;
  /** Objects by the value of an index that was declared when the cache was made: O(1). */
  by(index: string, value: string): Iterable<Stored<T>>;
  /** Called after every change, with what was there before; returns how to stop. */
  subscribe(onChange: (change: Change<T>) => void): () => void;
  /** Resolves when the cache has seen `resourceVersion`: how a writer reads its own writes. */
  reached(resourceVersion: string, signal?: AbortSignal): Promise<void>;
}

export type Change<T extends KubeObject> =
  | { readonly type: 'added'; readonly after: Stored<T>; readonly before?: undefined }
  | { readonly type: 'changed'; readonly after: Stored<T>; readonly before: Stored<T> }
  | { readonly type: 'removed'; readonly before: Stored<T>; readonly after?: undefined };

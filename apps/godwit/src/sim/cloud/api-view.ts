import type { KubeObject, Stored } from '@godwit/kinds';
import type { Body } from '@godwit/store';
import type { DiskBatch } from '../disk/simulated-disk.ts';
import type { StoreObserver } from '../disk/simulated-store.ts';

/** One key of the store, before and after a write. */
export interface ObjectChange {
  readonly key: string;
  readonly plural: string;
  readonly before: Stored<KubeObject> | undefined;
  readonly after: Stored<KubeObject> | undefined;
}

export interface ViewListener {
  changed?(change: ObjectChange): void;
  /** A program has read the disk anew: what is not in `batches` is lost. */
  opened?(batches: readonly DiskBatch[]): void;
  acknowledged?(batch: DiskBatch): void;
}

/** Everything that the API holds, seen from outside and at every moment, also while no server runs. */
export class ApiView implements StoreObserver {
  readonly #objects = new Map<string, Map<string, Stored<KubeObject>>>();
  readonly #listeners: ViewListener[] = [];
  /** What a listener has thrown. */
  failure: unknown;
  #revision = 0;
  #changes = 0;
  /** The newest batch that is shown. */
  #newest: DiskBatch | undefined;

  get revision(): number {
    return this.#revision;
  }

  /** How often anything has changed. */
  get changes(): number {
    return this.#changes;
  }

  listen(listener: ViewListener): void {
    this.#listeners.push(listener);
  }

  /** By the plural of their kind, in no order. */
  all<T extends KubeObject = KubeObject>(plural: string): Iterable<Stored<T>> {
    return (this.#objects.get(plural)?.values() ?? []) as Iterable<Stored<T>>;
  }

  get(plural: string, key: string): Stored<KubeObject> | undefined {
    return this.#objects.get(plural)?.get(key);
  }

  opened(batches: readonly DiskBatch[]): void {
    for (const listener of this.#listeners) listener.opened?.(batches);
    if (this.#newest && batches[this.#revision - 1] !== this.#newest) return this.#showAnew(batches);
    // What an earlier program wrote and did not live to show.
    for (const batch of batches.slice(this.#revision)) this.written(batch);
  }

  /** Something that was shown is not on the disk any more. */
  #showAnew(batches: readonly DiskBatch[]): void {
    const bodies = new Map<string, Body | null>();
    for (const objects of this.#objects.values()) for (const key of objects.keys()) bodies.set(key, null);
    for (const { writes } of batches) for (const { key, body } of writes) bodies.set(key, body);
    for (const [key, body] of bodies) if (body || this.get(pluralOf(key), key)) this.#put(key, body);
    this.#newest = batches.at(-1);
    this.#revision = batches.length;
  }

  written(batch: DiskBatch): void {
    this.#newest = batch;
    this.#revision = batch.revision;
    for (const { key, body } of batch.writes) this.#put(key, body);
  }

  acknowledged(batch: DiskBatch): void {
    for (const listener of this.#listeners) listener.acknowledged?.(batch);
  }

  /** What a listener throws is its own fault, and nothing that the store should hear of. */
  #tell(tell: (listener: ViewListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        tell(listener);
      } catch (error) {
        this.failure ??= error;
      }
    }
  }

  #put(key: string, body: Body | null): void {
    // What is only counted is no object.
    if (key.startsWith('/allocations/')) return;
    const after = body === null ? undefined : objectOf(body);
    const plural = pluralOf(key);
    let objects = this.#objects.get(plural);
    if (!objects) this.#objects.set(plural, (objects = new Map()));
    const before = objects.get(key);
    this.#changes++;
    if (after === undefined) objects.delete(key);
    else objects.set(key, after);
    this.#tell((listener) => listener.changed?.({ key, plural, before, after }));
  }
}

/** Documents of the API have their object; other bodies have text. */
function objectOf(body: Body): Stored<KubeObject> {
  return ('object' in body ? body.object : JSON.parse(body.text)) as Stored<KubeObject>;
}

/** Keys are `/group/plural/namespace/name`. */
function pluralOf(key: string): string {
  return key.split('/')[2] ?? '';
}

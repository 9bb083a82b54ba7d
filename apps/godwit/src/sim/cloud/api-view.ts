import type { KubeObject, Stored } from '@godwit/kinds';
import type { Write } from '@godwit/store';
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
  #revision = 0;

  get revision(): number {
    return this.#revision;
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
    if (batches.length === this.#revision) return;
    const texts = new Map<string, string | null>();
    for (const { writes } of batches) for (const { key, text } of writes) texts.set(key, text);
    for (const objects of this.#objects.values())
      for (const key of objects.keys()) if (!texts.has(key)) texts.set(key, null);
    for (const [key, text] of texts) {
      const before = this.get(pluralOf(key), key);
      const after = text === null ? undefined : (JSON.parse(text) as Stored<KubeObject>);
      if (before || after) this.#put(key, after);
    }
    this.#revision = batches.length;
  }

  written(batch: DiskBatch, writes: readonly Write[]): void {
    this.#revision = batch.revision;
    for (const { key, body } of writes) {
      if (body === null) this.#put(key, undefined);
      else this.#put(key, 'object' in body ? (body.object as Stored<KubeObject>) : JSON.parse(body.text));
    }
  }

  acknowledged(batch: DiskBatch): void {
    for (const listener of this.#listeners) listener.acknowledged?.(batch);
  }

  #put(key: string, after: Stored<KubeObject> | undefined): void {
    const plural = pluralOf(key);
    let objects = this.#objects.get(plural);
    if (!objects) this.#objects.set(plural, (objects = new Map()));
    const before = objects.get(key);
    if (after === undefined) objects.delete(key);
    else objects.set(key, after);
    for (const listener of this.#listeners) listener.changed?.({ key, plural, before, after });
  }
}

/** Keys are `/group/plural/namespace/name`; those of allocations have no kind. */
function pluralOf(key: string): string {
  return key.split('/')[2] ?? '';
}

import type { KubeObject, Stored } from '@godwit/kinds';
import type { NamespacedName } from './client.ts';

/** Which values an object has in an index; none leaves it out. */
export type IndexFunction<T extends KubeObject> = (object: Stored<T>) => readonly string[];

interface Index<T extends KubeObject> {
  readonly valuesOf: IndexFunction<T>;
  /** Most values are those of one object alone: an owner, a host's name. It stands there without a set around it. */
  readonly byValue: Map<string, Stored<T> | Set<Stored<T>>>;
}

/** Objects by namespace and name, and by the values of any number of indexes. */
export class ObjectSet<T extends KubeObject> {
  readonly #byNamespace = new Map<string, Map<string, Stored<T>>>();
  readonly #indexes = new Map<string, Index<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ namespace = '', name }: NamespacedName): Stored<T> | undefined {
    return this.#byNamespace.get(namespace)?.get(name);
  }

  *values(namespace?: string): Iterable<Stored<T>> {
    if (namespace !== undefined) {
      yield* this.#byNamespace.get(namespace)?.values() ?? [];
      return;
    }
    for (const objects of this.#byNamespace.values()) yield* objects.values();
  }

  /** Puts `object` in place; answers what was there before. */
  put(object: Stored<T>): Stored<T> | undefined {
    const { namespace = '', name } = object.metadata;
    let objects = this.#byNamespace.get(namespace);
    if (!objects) {
      objects = new Map();
      this.#byNamespace.set(namespace, objects);
    }
    const before = objects.get(name);
    objects.set(name, object);
    if (!before) this.#size++;
    for (const index of this.#indexes.values()) {
      if (before) removeFrom(index, before);
      addTo(index, object);
    }
    return before;
  }

  /** Takes an object out; answers it when it was there. */
  remove({ namespace = '', name }: NamespacedName): Stored<T> | undefined {
    const objects = this.#byNamespace.get(namespace);
    const before = objects?.get(name);
    if (!objects || !before) return undefined;
    objects.delete(name);
    if (objects.size === 0) this.#byNamespace.delete(namespace);
    this.#size--;
    for (const index of this.#indexes.values()) removeFrom(index, before);
    return before;
  }

  /** Declares an index over what is here and what will come. A second one of the same name does nothing. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    if (this.#indexes.has(name)) return;
    const index: Index<T> = { valuesOf, byValue: new Map() };
    this.#indexes.set(name, index);
    for (const object of this.values()) addTo(index, object);
  }

  /** Throws a RangeError for an index that nobody declared. */
  by(name: string, value: string): Iterable<Stored<T>> {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`no index called ${name}`);
    const found = index.byValue.get(value);
    return found instanceof Set ? found : found ? [found] : [];
  }
}

function addTo<T extends KubeObject>(index: Index<T>, object: Stored<T>): void {
  for (const value of index.valuesOf(object)) {
    const found = index.byValue.get(value);
    if (found instanceof Set) found.add(object);
    else index.byValue.set(value, found && found !== object ? new Set([found, object]) : object);
  }
}

function removeFrom<T extends KubeObject>(index: Index<T>, object: Stored<T>): void {
  for (const value of index.valuesOf(object)) {
    const found = index.byValue.get(value);
    if (found instanceof Set) found.delete(object);
    if (found === object || (found instanceof Set && found.size === 0)) index.byValue.delete(value);
  }
}

import type { KubeObject } from '@godwit/kinds';
import type { Change } from './events.ts';
import type { Watcher } from './watcher.ts';

/** Where a watcher stands: under one value of a field, in one namespace, or among those who see all. */
export type WatcherPlace =
  | { readonly type: 'field'; readonly field: string; readonly value: string }
  | { readonly type: 'namespace'; readonly namespace: string }
  | { readonly type: 'all' };

/** Watchers by what they are interested in, so that a change meets only those who may want it. */
export class WatcherIndex {
  readonly #all = new Set<Watcher>();
  readonly #namespaces = new Map<string, Set<Watcher>>();
  readonly #fields = new Map<string, FieldWatchers>();
  readonly #places = new Map<Watcher, WatcherPlace>();

  get size(): number {
    return this.#places.size;
  }

  /** A snapshot: watchers may end while it is gone through. */
  all(): readonly Watcher[] {
    return [...this.#places.keys()];
  }

  add(watcher: Watcher, place: WatcherPlace, read: (object: KubeObject) => string): void {
    this.#places.set(watcher, place);
    if (place.type === 'all') this.#all.add(watcher);
    else if (place.type === 'namespace') addTo(this.#namespaces, place.namespace, watcher);
    else {
      let field = this.#fields.get(place.field);
      if (!field) {
        field = { read, values: new Map() };
        this.#fields.set(place.field, field);
      }
      addTo(field.values, place.value, watcher);
    }
  }

  remove(watcher: Watcher): void {
    const place = this.#places.get(watcher);
    if (!place) return;
    this.#places.delete(watcher);
    if (place.type === 'all') this.#all.delete(watcher);
    else if (place.type === 'namespace') removeFrom(this.#namespaces, place.namespace, watcher);
    else {
      const field = this.#fields.get(place.field);
      if (field) removeFrom(field.values, place.value, watcher);
      if (field?.values.size === 0) this.#fields.delete(place.field);
    }
  }

  /** Shows a change to everybody whom it may concern, each once. */
  show(change: Change, namespace: string): void {
    for (const watcher of this.#all) watcher.see(change);
    for (const watcher of this.#namespaces.get(namespace) ?? []) watcher.see(change);
    for (const { read, values } of this.#fields.values()) {
      const before = change.before && read(change.before.object);
      const after = change.after && read(change.after.object);
      if (before !== undefined) for (const watcher of values.get(before) ?? []) watcher.see(change);
      if (after !== undefined && after !== before) for (const watcher of values.get(after) ?? []) watcher.see(change);
    }
  }
}

interface FieldWatchers {
  readonly read: (object: KubeObject) => string;
  readonly values: Map<string, Set<Watcher>>;
}

function addTo(sets: Map<string, Set<Watcher>>, name: string, watcher: Watcher): void {
  const set = sets.get(name);
  if (set) set.add(watcher);
  else sets.set(name, new Set([watcher]));
}

function removeFrom(sets: Map<string, Set<Watcher>>, name: string, watcher: Watcher): void {
  const set = sets.get(name);
  set?.delete(watcher);
  if (set?.size === 0) sets.delete(name);
}

import type { StoreEvent } from '../store.ts';
import type { LoggedBatch } from './history.ts';
import type { Watcher } from './watcher.ts';

/**
 * Who must be told about a key. Watchers of one prefix form a group; a key finds its groups by looking
 * up its own beginnings of the lengths in use, so a batch costs what its keys and their watchers cost,
 * however many others there are.
 */
export class Watchers implements Iterable<Watcher> {
  readonly #groups = new Map<string, Set<Watcher>>();
  /** Lengths of the prefixes in use, with the number of groups that have it. */
  readonly #lengths = new Map<number, number>();

  add(watcher: Watcher): void {
    const { prefix } = watcher;
    const group = this.#groups.get(prefix);
    if (group) {
      group.add(watcher);
      return;
    }
    this.#groups.set(prefix, new Set([watcher]));
    this.#lengths.set(prefix.length, (this.#lengths.get(prefix.length) ?? 0) + 1);
  }

  delete(watcher: Watcher): void {
    const { prefix } = watcher;
    const group = this.#groups.get(prefix);
    if (!group?.delete(watcher) || group.size > 0) return;
    this.#groups.delete(prefix);
    const groups = (this.#lengths.get(prefix.length) ?? 1) - 1;
    if (groups === 0) this.#lengths.delete(prefix.length);
    else this.#lengths.set(prefix.length, groups);
  }

  *[Symbol.iterator](): Iterator<Watcher> {
    for (const group of this.#groups.values()) yield* group;
  }

  publish(batch: LoggedBatch): void {
    for (const [group, events] of this.#concerned(batch.events)) {
      for (const watcher of group) watcher.deliver(batch.revision, events);
    }
  }

  #concerned(events: readonly StoreEvent[]): Map<Set<Watcher>, StoreEvent[]> {
    const concerned = new Map<Set<Watcher>, StoreEvent[]>();
    for (const event of events) {
      if (event.type === 'bookmark') continue;
      for (const length of this.#lengths.keys()) {
        const group = length <= event.key.length ? this.#groups.get(event.key.slice(0, length)) : undefined;
        if (!group) continue;
        const told = concerned.get(group);
        if (told) told.push(event);
        else concerned.set(group, [event]);
      }
    }
    return concerned;
  }
}

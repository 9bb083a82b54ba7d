import type { MachineRequest } from '../request/machine-request.ts';
import { anchorName, type MachineTerm } from './machine-term.ts';

/** How many machines there are in each place, by the value of a topology label; places without any are absent. */
export class PlaceCounts {
  readonly term: MachineTerm;
  readonly byPlace = new Map<string, number>();

  constructor(term: MachineTerm) {
    this.term = term;
  }

  add(place: string | undefined, change: 1 | -1): void {
    if (place === undefined) return;
    const count = (this.byPlace.get(place) ?? 0) + change;
    if (count > 0) this.byPlace.set(place, count);
    else this.byPlace.delete(place);
  }

  /** The largest count, at least 1. */
  get most(): number {
    let most = 1;
    for (const count of this.byPlace.values()) if (count > most) most = count;
    return most;
  }
}

/** Finds the counts whose term means a machine, without asking each of them. */
export class CountsIndex {
  readonly byId = new Map<string, PlaceCounts>();
  readonly #anchored = new Map<string, PlaceCounts[]>();
  readonly #loose: PlaceCounts[] = [];

  add(counts: PlaceCounts): void {
    const { id, anchor } = counts.term;
    this.byId.set(id, counts);
    if (!anchor) this.#loose.push(counts);
    else {
      const name = anchorName(anchor);
      const others = this.#anchored.get(name);
      if (others) others.push(counts);
      else this.#anchored.set(name, [counts]);
    }
  }

  remove(counts: PlaceCounts): void {
    const { id, anchor } = counts.term;
    this.byId.delete(id);
    const name = anchor && anchorName(anchor);
    const others = name === undefined ? this.#loose : (this.#anchored.get(name) ?? []);
    const at = others.indexOf(counts);
    if (at >= 0) others.splice(at, 1);
    if (name !== undefined && others.length === 0) this.#anchored.delete(name);
  }

  clear(): void {
    this.byId.clear();
    this.#anchored.clear();
    this.#loose.length = 0;
  }

  /** Those whose term means the machine. */
  meaning(machine: MachineRequest): readonly PlaceCounts[] {
    if (this.byId.size === 0) return NONE;
    const found: PlaceCounts[] = [];
    for (const counts of this.#loose) if (counts.term.matches(machine)) found.push(counts);
    if (this.#anchored.size === 0) return found;
    for (const label in machine.labels) {
      const name = anchorName({ namespace: machine.namespace, label, value: machine.labels[label] ?? '' });
      for (const counts of this.#anchored.get(name) ?? NONE) if (counts.term.matches(machine)) found.push(counts);
    }
    return found;
  }
}

const NONE: readonly PlaceCounts[] = [];

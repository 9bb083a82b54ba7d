import { hash32 } from '../../framework/index.ts';

/** Machines that are kept together: some 100 kB, far below what an object may hold. */
const MOST_MEMBERS = 1024;
/** Below this on average there are too many shards: far enough from the most that they do not come and go. */
const LEAST_MEMBERS = 128;
/** For millions of machines. */
const MOST_SHARDS = 4096;

/**
 * Which machines are kept together: a power of two of shards, by the hash of their ids, so that each is written without
 * the others and nobody's place depends on who else is there. Only when there are twice as many machines, or few of
 * them are left, are they shared out anew.
 */
export class Shards {
  #members: readonly Set<string>[] = emptySets(1);
  #size = 0;

  get count(): number {
    return this.#members.length;
  }

  add(id: string): void {
    const members = this.#of(id);
    this.#size -= members.size;
    members.add(id);
    this.#size += members.size;
  }

  delete(id: string): void {
    if (this.#of(id).delete(id)) this.#size--;
  }

  members(index: number): ReadonlySet<string> {
    return this.#members[index] ?? new Set();
  }

  /** Makes as many shards as are needed for so many machines; whether it shared them out anew. */
  fit(): boolean {
    let { count } = this;
    while (this.#size > MOST_MEMBERS * count) count *= 2;
    while (count > 1 && this.#size < LEAST_MEMBERS * count) count /= 2;
    if (count === this.count) return false;
    this.#share(count);
    return true;
  }

  /** Shares out as another program did; what is no such number is not believed. */
  resume(count: number): void {
    if (Number.isInteger(Math.log2(count)) && count <= MOST_SHARDS) this.#share(count);
  }

  /** What is known of the members of one has become too much for an object. */
  split(): void {
    this.#share(2 * this.count);
  }

  #share(count: number): void {
    const before = this.#members;
    this.#members = emptySets(count);
    for (const members of before) for (const id of members) this.#of(id).add(id);
  }

  #of(id: string): Set<string> {
    return this.#members[hash32(id) % this.#members.length] as Set<string>;
  }
}

const emptySets = (count: number) => Array.from({ length: count }, () => new Set<string>());

/** Where kills for want of memory are counted. */
export interface KillCounts {
  /** Of one container; undefined once its cgroup has gone. */
  readonly of: (id: string) => number | undefined;
  /** Of all containers whose cgroups are there. */
  readonly present: () => number;
  /** Of all containers, those included that have gone; undefined where nobody counts that. */
  readonly all: () => number | undefined;
}

/**
 * Tells whether a container ended because the kernel killed one of its processes for want of memory. systemd takes the
 * cgroup of a container away in the moment in which its last process ends, often before anybody can read its count.
 * The count of all together stays: what of it no present container has and none before explained was this one's.
 */
export class MemoryKillLedger {
  readonly #counts: KillCounts;
  /** Kills of containers that have gone. */
  #explained = 0;

  /** What was counted before is nobody's whose end will be heard of. */
  constructor(counts: KillCounts) {
    this.#counts = counts;
    this.#explained = this.#unexplained();
  }

  /** To be asked once for each container, when it has ended. */
  wasKilled(id: string): boolean {
    const kills = this.#counts.of(id) ?? this.#unexplained();
    this.#explained += kills;
    return kills > 0;
  }

  #unexplained(): number {
    const all = this.#counts.all();
    if (all === undefined) return 0;
    // The cgroup of all was made anew, and counts from the beginning.
    if (all < this.#explained) this.#explained = 0;
    return Math.max(0, all - this.#explained - this.#counts.present());
  }
}

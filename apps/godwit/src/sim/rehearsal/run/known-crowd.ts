import type { PlannedGroup } from '../plan/index.ts';
import type { Crowd } from './crowd.ts';
import type { KnownSizes } from './known-sizes.ts';

/** Machines of a cloud that was there already: as many as their owners ask for, and those that come as they grow. */
export class KnownCrowd implements Crowd {
  readonly group: PlannedGroup;
  readonly #sizes: Pick<KnownSizes, 'of'>;
  readonly #more: Crowd;

  /** @param more those beyond what was there */
  constructor(group: PlannedGroup, sizes: Pick<KnownSizes, 'of'>, more: Crowd) {
    this.group = group;
    this.#sizes = sizes;
    this.#more = more;
  }

  get size(): number {
    return this.#sizes.of(this.group.name) + this.#more.size;
  }

  order(change: number): void {
    this.#more.order(change);
  }

  async follow(atMs: number): Promise<void> {
    // What is scaled grows by its demand.
    if (!this.group.scaling) await this.#more.follow(atMs);
  }
}

import { Failure, type Random } from '@godwit/base';

/** One batch as it stands in the log on disk. */
export interface DiskBatch {
  readonly revision: number;
  readonly writes: readonly { readonly key: string; readonly text: string | null }[];
}

/**
 * The disk under the store of one host: a log of batches, of which only those that have been synced outlast a power
 * cut. The end of a program loses nothing of what it had written.
 */
export class SimulatedDisk {
  #batches: DiskBatch[] = [];
  #synced = 0;
  /** What came before this revision need not be told any more; the batches stay, as a store of values would. */
  floor = 0;
  /** No byte can be written any more. */
  full = false;
  /** How long a sync takes, in milliseconds. */
  syncMs = 1;

  get batches(): readonly DiskBatch[] {
    return this.#batches;
  }

  /** Throws `no-space`. */
  write(batch: DiskBatch): void {
    if (this.full) throw new Failure('no-space', 'the disk is full');
    this.#batches.push(batch);
  }

  sync(): void {
    this.#synced = this.#batches.length;
  }

  /** What had not been synced may be there or not, but never without what came before it. */
  cutPower(random: Random): number {
    const lost = random.integer(this.#batches.length - this.#synced + 1);
    this.#batches = this.#batches.slice(0, this.#batches.length - lost);
    this.#synced = this.#batches.length;
    this.floor = Math.min(this.floor, this.#synced);
    return lost;
  }
}

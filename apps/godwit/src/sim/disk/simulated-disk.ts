import { Failure, type Random } from '@godwit/base';
import type { Body, Entry } from '@godwit/store';

/** One batch as it stands in the log on disk. */
export interface DiskBatch {
  readonly revision: number;
  readonly writes: readonly { readonly key: string; readonly body: Body | null }[];
}

/** What a program finds when it reads the disk. */
export interface DiskContent {
  /** How every key stood at `floor`, in no order. */
  readonly heads: Iterable<Entry>;
  readonly floor: number;
  /** What came after it. */
  readonly batches: readonly DiskBatch[];
}

/** Batches that can still be replayed after a restart, as engines keep the end of their log. */
const REPLAYABLE = 500;

/**
 * The disk under the store of one host: a log of batches, of which only those that have been synced outlast a power
 * cut. The end of a program loses nothing of what it had written. What is read is the text of what was written, and
 * never an object that an earlier program held.
 */
export class SimulatedDisk {
  #batches: DiskBatch[] = [];
  #synced = 0;
  /** How keys stood at `#base`, so that a start need not read the whole log again. */
  readonly #heads = new Map<string, Entry>();
  #base = 0;
  readonly #read = new WeakMap<Body, ReadBody>();
  /** What came before this revision need not be told any more; the batches stay, as a store of values would. */
  floor = 0;
  /** No byte can be written any more. */
  full = false;
  /** Whatever is written fails. */
  failing = false;
  /** How long a sync takes, in milliseconds. */
  syncMs = 1;

  get batches(): readonly DiskBatch[] {
    return this.#batches;
  }

  /** Throws `no-space`, or `injected-fault` while the disk fails. */
  assertWritable(): void {
    if (this.full) throw new Failure('no-space', 'the disk is full');
    if (this.failing) throw new Failure('injected-fault', 'the disk failed to write');
  }

  /** Throws as `assertWritable` does. */
  write(batch: DiskBatch): void {
    this.assertWritable();
    this.#batches.push(batch);
  }

  sync(): void {
    this.#synced = this.#batches.length;
  }

  /** Everything that there is. It is acted upon, so it is synced first. */
  read(): DiskContent {
    this.sync();
    const floor = Math.max(this.#base, this.floor, this.#batches.length - REPLAYABLE);
    for (; this.#base < floor; this.#base++) this.#settle(this.#batches[this.#base] as DiskBatch);
    const heads = [...this.#heads.values()].map((entry) => ({ ...entry, body: this.#reread(entry.body) }));
    const batches = this.#batches.slice(floor).map(({ revision, writes }) => ({
      revision,
      writes: writes.map(({ key, body }) => ({ key, body: body && this.#reread(body) })),
    }));
    return { heads, floor, batches };
  }

  #reread(body: Body): Body {
    const known = body instanceof ReadBody ? body : this.#read.get(body);
    if (known) return known;
    const made = new ReadBody(body);
    this.#read.set(body, made);
    return made;
  }

  #settle({ revision, writes }: DiskBatch): void {
    for (const { key, body } of writes) {
      if (body) this.#heads.set(key, { key, body, revision });
      else this.#heads.delete(key);
    }
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

/** What stands on the disk, as text, which is made when somebody reads it: most of what is old nobody does. */
class ReadBody implements Body {
  #written: Body | undefined;
  #text = '';

  constructor(written: Body) {
    this.#written = written;
  }

  get text(): string {
    if (this.#written) this.#text = this.#written.text;
    this.#written = undefined;
    return this.#text;
  }
}

import type { Failure } from '@godwit/base';
import { conflict } from './failures.ts';
import type { Write } from './store.ts';

/** What was written in one append, at its place in the log. */
export interface Batch {
  readonly revision: number;
  readonly writes: readonly Pick<Write, 'key' | 'body'>[];
}

/** Most writes that one batch may have; engines number the rows of a batch with it. */
export const WRITES_PER_BATCH = 4096;

/** Throws a RangeError for what no engine may be given: no writes, too many, or a key twice. */
export function checkBatch(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.length > WRITES_PER_BATCH)
    throw new RangeError(`a batch has 1 to ${WRITES_PER_BATCH} writes, not ${writes.length}`);
  if (writes.length > 1 && new Set(writes.map((write) => write.key)).size < writes.length)
    throw new RangeError('a batch names a key twice');
}

/** The conflict of the first write whose `previous` is not where its key stands. `headOf` answers 0 for absent keys. */
export function conflictOf(writes: readonly Write[], headOf: (key: string) => number): Failure | undefined {
  for (const { key, previous } of writes) {
    if (previous === undefined) continue;
    const head = headOf(key);
    if (head !== previous) return conflict(key, head);
  }
  return undefined;
}

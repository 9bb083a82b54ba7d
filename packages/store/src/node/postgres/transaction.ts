import type { Clock, Failure } from '@godwit/base';
import { type Batch, conflictOf } from '../../batch.ts';
import { unavailable } from '../../failures.ts';
import type { Dropped } from '../../replica/history.ts';
import type { Write } from '../../store.ts';
import type { Connection } from './connection.ts';
import type { NewRows, Statements } from './statements.ts';

/** A compaction that has to reach the database. */
export interface Forgetting {
  readonly floor: number;
  readonly dropped: readonly Dropped[];
}

/** What became of each append of a group, in the same order. */
export type Verdict = { readonly batch: Batch } | { readonly conflict: Failure };

export interface GroupInput {
  readonly appends: readonly (readonly Write[])[];
  readonly forgetting: Forgetting | undefined;
  /** Brings the image in memory to `revision` at least. */
  readonly readUpTo: (revision: number) => Promise<void>;
  /** Where a key stands in the image. */
  readonly headOf: (key: string) => number;
}

/**
 * Writes one group under the lock of the head row. Resolves when the accepted batches are durable; throws
 * `unavailable` when none of them is, with `details.unknown` when nobody could say any more.
 */
export async function writeGroup(
  connection: Connection,
  statements: Statements,
  clock: Clock,
  input: GroupInput,
): Promise<readonly Verdict[]> {
  let transaction = '';
  let verdicts: Verdict[] = [];
  let committing = false;
  try {
    const head = await statements.begin(connection);
    transaction = head.transaction;
    await input.readUpTo(head.revision);
    verdicts = decide(input, head.revision);
    const batches = verdicts.flatMap((verdict) => ('batch' in verdict ? verdict.batch : []));
    const { forgetting } = input;
    if (batches.length > 0) await statements.write(connection, rowsOf(batches), head.revision + batches.length);
    if (forgetting) {
      const { floor, dropped } = forgetting;
      const columns = [dropped.map((row) => row.revision), dropped.map((row) => row.key)] as const;
      await statements.forget(connection, floor, ...columns);
    }
    committing = true;
    await connection.script('COMMIT');
    return verdicts;
  } catch (error) {
    // Whatever state the connection is in, its transaction ends with it.
    await connection.drop();
    if (!committing) throw error;
    const fate = await fateOf(connection, statements, clock, transaction);
    if (fate === 'committed') return verdicts;
    throw unavailable('PostgreSQL: the commit broke off', { cause: error, unknown: fate === 'unknown' });
  }
}

/** Numbers the appends that do not conflict, each seeing those before it. */
function decide(input: GroupInput, revision: number): Verdict[] {
  const decided = new Map<string, number>();
  const headOf = (key: string) => decided.get(key) ?? input.headOf(key);
  let next = revision;
  return input.appends.map((writes): Verdict => {
    const conflict = conflictOf(writes, headOf);
    if (conflict) return { conflict };
    next++;
    for (const { key, body } of writes) decided.set(key, body ? next : 0);
    return { batch: { revision: next, writes } };
  });
}

function rowsOf(batches: readonly Batch[]): NewRows {
  const rows: NewRows = { revisions: [], ordinals: [], keys: [], bodies: [] };
  for (const { revision, writes } of batches) {
    for (const [ordinal, { key, body }] of writes.entries()) {
      rows.revisions.push(revision);
      rows.ordinals.push(ordinal);
      rows.keys.push(key);
      rows.bodies.push(body?.text ?? null);
    }
  }
  return rows;
}

const FATE_TRIES = 20;
const FATE_EVERY_MS = 250;

/** Asks over a fresh connection, for a few seconds, what became of a transaction. */
async function fateOf(
  connection: Connection,
  statements: Statements,
  clock: Clock,
  transaction: string,
): Promise<'committed' | 'aborted' | 'unknown'> {
  for (let attempt = 0; attempt < FATE_TRIES; attempt++) {
    try {
      const fate = await statements.fate(connection, transaction);
      if (fate !== 'in progress') return fate;
    } catch {
      // Not back yet.
    }
    await clock.sleep(FATE_EVERY_MS);
  }
  return 'unknown';
}

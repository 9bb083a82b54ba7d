import { unavailable } from '../../failures.ts';
import { History } from '../../replica/history.ts';
import type { Replica } from '../../replica/index.ts';
import type { Write } from '../../store.ts';
import type { Connection } from './connection.ts';
import type { LogRow, Statements } from './statements.ts';

const ROWS_PER_PAGE = 5000;

/** Reads the whole log, as of one moment. */
export async function loadHistory(connection: Connection, statements: Statements, atMs: number): Promise<History> {
  await connection.script('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { floor, revision } = await statements.head(connection);
    const history = new History(floor);
    let unfinished: LogRow[] = [];
    let after = { revision: 0, ordinal: 0 };
    for (;;) {
      const rows = await statements.page(connection, after, ROWS_PER_PAGE);
      const last = rows.at(-1);
      // The last batch of a page may go on on the next one.
      const all = [...unfinished, ...rows];
      const cut = rows.length < ROWS_PER_PAGE ? all.length : all.findIndex((row) => row.revision === last?.revision);
      addAll(history, all.slice(0, cut), atMs);
      unfinished = all.slice(cut);
      if (!last || rows.length < ROWS_PER_PAGE) break;
      after = { revision: Number(last.revision), ordinal: last.ordinal };
    }
    if (history.revision !== revision)
      throw unavailable(`PostgreSQL: the log ends at revision ${history.revision}, and its head says ${revision}`);
    return history;
  } finally {
    await connection.script('COMMIT');
  }
}

function addAll(history: History, rows: readonly LogRow[], atMs: number): void {
  for (const { revision, writes } of batchesOf(rows)) {
    if (revision > history.floor) history.apply({ revision, writes }, atMs);
    else for (const { key, body } of writes) if (body) history.restore({ key, body, revision });
  }
}

/**
 * Publishes what is newer in the database than in the image; what was committed before this is called is in
 * it afterwards. An image that is so old that the database has forgotten what followed is made anew.
 */
export async function catchUp(
  connection: Connection,
  statements: Statements,
  replica: Replica,
  atMs: () => number,
): Promise<void> {
  for (;;) {
    const { head, rows } = await statements.after(connection, replica.revision, ROWS_PER_PAGE);
    if (head.floor > replica.revision) {
      replica.load(await loadHistory(connection, statements, atMs()));
      return;
    }
    // A writer of this process may have published some of them meanwhile.
    for (const batch of batchesOf(rows)) if (batch.revision > replica.revision) replica.publish(batch);
    if (rows.length < ROWS_PER_PAGE) return;
  }
}

function* batchesOf(rows: readonly LogRow[]): Generator<{ revision: number; writes: Write[] }> {
  let batch: { revision: number; writes: Write[] } | undefined;
  for (const row of rows) {
    const revision = Number(row.revision);
    if (batch?.revision !== revision) {
      if (batch) yield batch;
      batch = { revision, writes: [] };
    }
    batch.writes.push({ key: row.key, body: row.body === null ? null : { text: row.body } });
  }
  if (batch) yield batch;
}

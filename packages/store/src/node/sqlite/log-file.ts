import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Failure } from '@godwit/base';
import { WRITES_PER_BATCH } from '../../batch.ts';
import { unavailable } from '../../failures.ts';
import { type Dropped, History } from '../../replica/history.ts';
import type { Write } from '../../store.ts';

/** A write as it goes to the file: `text` is null for a deletion. */
export interface Row {
  readonly revision: number;
  readonly ordinal: number;
  readonly key: string;
  readonly text: string | null;
}

/** What goes into one transaction. */
export interface Group {
  readonly rows: readonly Row[];
  readonly floor?: number;
  readonly dropped?: readonly Dropped[];
}

/**
 * `full` makes every commit durable before it returns. `none` leaves it to the operating system: it exists
 * so that the power-cut tests can show that they would notice.
 */
export type Durability = 'full' | 'none';

/**
 * The SQLite file. One row a write, in log order, `id` = revision × 4096 + place in the batch; the floor
 * (last compaction) stands in `facts`. Rows carry a checksum over key and text, since SQLite has none of
 * its own. The file is locked for as long as it is open: nobody else may write behind the image in memory.
 */
export class LogFile {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #setFloor: StatementSync;

  /** Throws `unavailable`. */
  constructor(path: string, durability: Durability = 'full') {
    this.#path = path;
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      database.exec(`
        PRAGMA page_size = 8192;
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'OFF'};
        PRAGMA wal_autocheckpoint = 2000;
        PRAGMA journal_size_limit = 33554432;
        BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, key TEXT NOT NULL, text TEXT, checksum INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        COMMIT;
      `);
      checkFormat(database);
      this.#insert = database.prepare('INSERT INTO log (id, key, text, checksum) VALUES (?, ?, ?, ?)');
      this.#delete = database.prepare('DELETE FROM log WHERE id >= ? AND id < ? AND key = ?');
      this.#setFloor = database.prepare("INSERT OR REPLACE INTO facts (name, value) VALUES ('floor', ?)");
    } catch (error) {
      closeQuietly(database);
      throw fileFailure(path, error);
    }
    this.#database = database;
  }

  get floor(): number {
    return Number(this.#database.prepare("SELECT value FROM facts WHERE name = 'floor'").get()?.value ?? 0);
  }

  /** The newest revision in the file. */
  get revision(): number {
    const last = Number(this.#database.prepare('SELECT max(id) AS last FROM log').get()?.last ?? 0);
    return Math.max(this.floor, revisionOf(last));
  }

  /** Reads all of it. Throws `unavailable` when it is damaged. */
  load(atMs: number): History {
    try {
      return this.#load(atMs);
    } catch (error) {
      throw fileFailure(this.#path, error);
    }
  }

  #load(atMs: number): History {
    const floor = this.floor;
    const history = new History(floor);
    let revision = floor;
    let writes: Write[] = [];
    const finish = () => {
      if (writes.length > 0) history.apply({ revision, writes }, atMs);
      writes = [];
    };
    const statement = this.#database.prepare('SELECT id, key, text, checksum FROM log ORDER BY id');
    statement.setReturnArrays(true);
    for (const row of statement.iterate() as unknown as Iterable<[number, string, string | null, number]>) {
      const [id, key, text, checksum] = row;
      if (checksumOf(key, text) !== checksum) throw new Error(`the row of ${key} at ${revisionOf(id)} is damaged`);
      const body = text === null ? null : { text };
      const written = revisionOf(id);
      if (written <= floor) {
        if (body) history.restore({ key, body, revision: written });
        continue;
      }
      if (written !== revision) finish();
      revision = written;
      writes.push({ key, body });
    }
    finish();
    return history;
  }

  /**
   * Writes all or nothing; durable when it returns. Throws `unavailable`, with `details.unknown` when the
   * transaction may have become durable although its end was not seen.
   */
  commit(group: Group): void {
    let committing = false;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const { revision, ordinal, key, text } of group.rows)
        this.#insert.run(revision * WRITES_PER_BATCH + ordinal, key, text, checksumOf(key, text));
      for (const { revision, key } of group.dropped ?? [])
        this.#delete.run(revision * WRITES_PER_BATCH, (revision + 1) * WRITES_PER_BATCH, key);
      if (group.floor !== undefined) this.#setFloor.run(group.floor);
      committing = true;
      this.#database.exec('COMMIT');
    } catch (error) {
      const failure = fileFailure(this.#path, error, committing && primaryCode(error) !== SQLITE_FULL);
      if (this.#database.isTransaction) {
        try {
          this.#database.exec('ROLLBACK');
        } catch {
          // The transaction dies with the connection, which is the caller's next step.
        }
      }
      throw failure;
    }
  }

  close(): void {
    closeQuietly(this.#database);
  }
}

const FORMAT = 1;

function checkFormat(database: DatabaseSync): void {
  const format = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (format === 0) database.exec(`PRAGMA user_version = ${FORMAT}`);
  else if (format !== FORMAT) throw new Error(`it has format ${format}, and this program knows ${FORMAT}`);
}

function closeQuietly(database: DatabaseSync | undefined): void {
  try {
    database?.close();
  } catch {
    // Nothing that was acknowledged depends on closing well.
  }
}

function revisionOf(id: number): number {
  return Math.floor(id / WRITES_PER_BATCH);
}

function checksumOf(key: string, text: string | null): number {
  return text === null ? crc32(key) : crc32(text, crc32(key));
}

const SQLITE_FULL = 13;

/** What SQLite's result codes mean to a person. https://www.sqlite.org/rescode.html */
const meanings: Readonly<Record<number, string>> = {
  5: 'another program has it open',
  6: 'another program has it open',
  8: 'it cannot be written to',
  10: 'the disk failed',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  26: 'it is not a store file, or its beginning is damaged',
};

/** The primary result code of an error that SQLite reported. */
export function primaryCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function fileFailure(path: string, error: unknown, unknown = false): Failure {
  const code = primaryCode(error);
  const meaning = code === undefined ? undefined : meanings[code];
  const reason = meaning ?? (error instanceof Error ? error.message : String(error));
  return unavailable(`${path}: ${reason}`, { cause: error, unknown, damaged: reason.includes('damaged') });
}

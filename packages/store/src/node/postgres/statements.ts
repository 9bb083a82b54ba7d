import type { Connection } from './connection.ts';

/** Rows of the log as they are read. bigint comes as text. */
export interface LogRow {
  readonly revision: string;
  readonly key: string;
  readonly body: string | null;
}

export interface PageRow extends LogRow {
  readonly ordinal: number;
}

/** The head row: the newest revision, and the last compaction. */
export interface Head {
  readonly revision: number;
  readonly floor: number;
}

/** All SQL, for the tables of one schema. */
export class Statements {
  readonly channel: string;
  readonly #head: string;
  readonly #log: string;
  readonly #schema: string;

  /** @param schema a plain identifier: it is written into the statements */
  constructor(schema: string) {
    if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema)) throw new RangeError(`not a plain schema name: ${schema}`);
    this.#schema = schema;
    this.channel = `${schema}_appended`;
    this.#head = `${schema}.head`;
    this.#log = `${schema}.log`;
  }

  /** Makes what is not there yet. Servers that start together take turns. */
  async install(connection: Connection): Promise<void> {
    await connection.script(`
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('${this.#schema}'));
      CREATE SCHEMA IF NOT EXISTS ${this.#schema};
      CREATE TABLE IF NOT EXISTS ${this.#log} (
        revision bigint NOT NULL, ordinal integer NOT NULL, key text NOT NULL, body text,
        PRIMARY KEY (revision, ordinal));
      CREATE TABLE IF NOT EXISTS ${this.#head} (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), format integer NOT NULL,
        revision bigint NOT NULL, floor bigint NOT NULL);
      INSERT INTO ${this.#head} (format, revision, floor) VALUES (${FORMAT}, 0, 0) ON CONFLICT DO NOTHING;
      COMMIT;`);
    const [row] = await connection.query<{ format: number }>(`SELECT format FROM ${this.#head}`);
    if (row?.format !== FORMAT)
      throw new Error(`the tables have format ${row?.format}, and this program knows ${FORMAT}`);
  }

  /** Where the log stands, and the rows after `revision`, of one moment. Not more than `limit` rows, whole batches. */
  async after(
    connection: Connection,
    revision: number,
    limit: number,
  ): Promise<{ head: Head; rows: readonly LogRow[] }> {
    const rows = await connection.query<LogRow & { newest: string; floor: string }>({
      name: 'after',
      text: `SELECT head.revision AS newest, head.floor, log.revision, log.key, log.body
        FROM ${this.#head} AS head LEFT JOIN (
          SELECT * FROM ${this.#log} WHERE revision > $1 ORDER BY revision FETCH FIRST $2 ROWS WITH TIES
        ) AS log ON true ORDER BY log.revision, log.ordinal`,
      values: [revision, limit],
    });
    const head = { revision: Number(rows[0]?.newest), floor: Number(rows[0]?.floor) };
    return { head, rows: rows[0]?.revision === null ? [] : rows };
  }

  /** A page of the whole log, in order. The caller holds a transaction in which nothing changes. */
  page(connection: Connection, after: { revision: number; ordinal: number }, limit: number): Promise<PageRow[]> {
    return connection.query<PageRow>({
      name: 'page',
      text: `SELECT revision, ordinal, key, body FROM ${this.#log} WHERE (revision, ordinal) > ($1, $2)
        ORDER BY revision, ordinal LIMIT $3`,
      values: [after.revision, after.ordinal, limit],
    });
  }

  async head(connection: Connection): Promise<Head> {
    const [row] = await connection.query<{ revision: string; floor: string }>(
      `SELECT revision, floor FROM ${this.#head}`,
    );
    return { revision: Number(row?.revision), floor: Number(row?.floor) };
  }

  /** Begins a transaction that holds the head row. `transaction` is its id, to ask for its fate. */
  async begin(connection: Connection): Promise<Head & { readonly transaction: string }> {
    await connection.script('BEGIN');
    const [row] = await connection.query<{ revision: string; floor: string; transaction: string }>({
      name: 'begin',
      text: `SELECT revision, floor, pg_current_xact_id()::text AS transaction FROM ${this.#head} FOR UPDATE`,
    });
    if (!row) throw new Error('the head row is gone');
    return { revision: Number(row.revision), floor: Number(row.floor), transaction: row.transaction };
  }

  /** Writes rows up to `revision`, moves the head there and tells the other servers at the commit. */
  async write(connection: Connection, rows: NewRows, revision: number): Promise<void> {
    await connection.query({
      name: 'write',
      text: `WITH written AS (
          INSERT INTO ${this.#log} (revision, ordinal, key, body)
          SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[])
        ) UPDATE ${this.#head} SET revision = $5::bigint RETURNING pg_notify('${this.channel}', $5::text)`,
      values: [rows.revisions, rows.ordinals, rows.keys, rows.bodies, revision],
    });
  }

  async forget(
    connection: Connection,
    floor: number,
    revisions: readonly number[],
    keys: readonly string[],
  ): Promise<void> {
    await connection.query({
      name: 'forget',
      text: `WITH dropped AS (
          DELETE FROM ${this.#log} AS log USING unnest($2::bigint[], $3::text[]) AS needless (revision, key)
          WHERE log.revision = needless.revision AND log.key = needless.key
        ) UPDATE ${this.#head} SET floor = greatest(floor, $1)`,
      values: [floor, revisions, keys],
    });
  }

  /** What became of a transaction whose end was not seen. */
  async fate(connection: Connection, transaction: string): Promise<'committed' | 'aborted' | 'in progress'> {
    const text = 'SELECT pg_xact_status($1::xid8) AS fate';
    const [row] = await connection.query<{ fate: 'committed' | 'aborted' | 'in progress' | null }>({
      text,
      values: [transaction],
    });
    // Null means long ago: it cannot be one that was open a moment ago.
    return row?.fate ?? 'aborted';
  }
}

/** Columns of the rows to write. */
export interface NewRows {
  readonly revisions: number[];
  readonly ordinals: number[];
  readonly keys: string[];
  readonly bodies: (string | null)[];
}

const FORMAT = 1;

import { codeOf, type Failure } from '@godwit/base';
import { Client, type ClientConfig } from 'pg';
import { unavailable } from '../../failures.ts';

export interface Query {
  readonly text: string;
  /** Given to statements that come again and again: they are prepared once. */
  readonly name?: string;
  readonly values?: unknown[];
}

/** What a connection that listens hears. */
export interface Listener {
  readonly channel: string;
  readonly onNotification: (payload: string) => void;
  /** The connection broke, or could not be made: what happens now is not heard. */
  readonly onLost: () => void;
}

/**
 * One connection to the database, made at first use and again after it broke. All errors are `unavailable`
 * with PostgreSQL's own as their cause.
 */
export class Connection {
  readonly #config: ClientConfig;
  readonly #listener: Listener | undefined;
  #client: Promise<Client> | undefined;

  constructor(config: ClientConfig, listener?: Listener) {
    this.#config = config;
    this.#listener = listener;
  }

  async query<Row>(query: string | Query): Promise<Row[]> {
    const client = await this.#connected();
    try {
      const { rows } = await client.query(typeof query === 'string' ? { text: query } : query);
      return rows as Row[];
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Several statements without values. */
  async script(text: string): Promise<void> {
    const client = await this.#connected();
    try {
      await client.query(text);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Breaks the connection, with whatever transaction is open on it. */
  async drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await (await client?.catch(() => undefined))?.end().catch(() => undefined);
  }

  #connected(): Promise<Client> {
    if (this.#client) return this.#client;
    const forget = () => {
      if (this.#client !== connecting) return;
      this.#client = undefined;
      this.#listener?.onLost();
    };
    const connecting = this.#connect(forget);
    this.#client = connecting;
    connecting.catch(forget);
    return connecting;
  }

  async #connect(onLost: () => void): Promise<Client> {
    const client = new Client({ ...sessionDefaults, ...this.#config });
    client.on('error', onLost);
    client.on('end', onLost);
    try {
      await client.connect();
      await client.query(`SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local')`);
      if (this.#listener) {
        const { channel, onNotification } = this.#listener;
        client.on('notification', ({ payload }) => onNotification(payload ?? ''));
        await client.query(`LISTEN ${channel}`);
      }
    } catch (error) {
      await client.end().catch(() => undefined);
      throw this.#failure(error);
    }
    return client;
  }

  #failure(error: unknown): Failure {
    const code = codeOf(error);
    const meaning = meanings[code] ?? meanings[code.slice(0, 2)];
    const reason = meaning ?? (error instanceof Error ? error.message : String(error));
    return unavailable(`PostgreSQL: ${reason}`, { cause: error });
  }
}

/** A server that hangs in the middle must not hold the others up: the database ends its transaction. */
const sessionDefaults: ClientConfig = {
  application_name: 'godwit',
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
  statement_timeout: 30_000,
  idle_in_transaction_session_timeout: 10_000,
};

/** What SQLSTATE codes and classes mean to a person. https://www.postgresql.org/docs/15/errcodes-appendix.html */
const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody answers',
  ENOENT: 'nobody answers',
  '08': 'the connection broke',
  '28': 'it does not let us in',
  '3D': 'the database does not exist',
  '25006': 'it is read-only',
  '40': 'another transaction was in the way',
  '53': 'it is out of resources',
  '53100': 'its disk is full',
  '53300': 'it has too many connections',
  '55P03': 'the lock was not to be had in time',
  '57014': 'it took too long',
  '57P01': 'it is being shut down',
  '57P02': 'it crashed',
  '57P03': 'it is starting or stopping',
  XX001: 'its data is damaged',
};

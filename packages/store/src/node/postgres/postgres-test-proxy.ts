/** A wire between a store and its database that a test can cut. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';

export class PostgresTestProxy {
  readonly connection: pg.ClientConfig;
  readonly #folder = mkdtempSync(join(tmpdir(), 'godwit-proxy-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #atCommit: 'cut before' | 'cut after' | undefined;

  static async start(database: pg.ClientConfig): Promise<PostgresTestProxy> {
    const proxy = new PostgresTestProxy(database);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(database: pg.ClientConfig) {
    this.connection = { ...database, host: this.#folder };
    const path = join(String(database.host), SOCKET);
    this.#server = createServer((client) => this.#join(client, createConnection(path))).listen(
      join(this.#folder, SOCKET),
    );
  }

  /** Breaks all connections, and accepts none until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  /** Breaks the connection of the next commit: before the database hears of it, or before the client hears back. */
  cutNextCommit(when: 'cut before' | 'cut after'): void {
    this.#atCommit = when;
  }

  close(): void {
    this.cut();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #join(client: Socket, database: Socket): void {
    const both = [client, database];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const one of both) one.destroy();
      });
    }
    if (this.#cut) client.destroy();
    let deaf = false;
    client.on('data', (bytes) => {
      const fault = bytes.includes('COMMIT\0') ? this.#atCommit : undefined;
      if (fault) this.#atCommit = undefined;
      if (fault === 'cut before') client.destroy();
      else database.write(bytes);
      deaf ||= fault === 'cut after';
    });
    database.on('data', (bytes) => {
      if (deaf) client.destroy();
      else client.write(bytes);
    });
  }
}

const SOCKET = '.s.PGSQL.5432';

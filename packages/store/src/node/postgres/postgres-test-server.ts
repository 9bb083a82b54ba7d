/** Debian's PostgreSQL, started for a test on a Unix socket in a folder of its own. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

export class PostgresTestServer {
  readonly connection: pg.ClientConfig;
  readonly #binaries: string;
  readonly #folder: string;

  /** Undefined, with the reason printed, where no PostgreSQL is installed. */
  static async start(): Promise<PostgresTestServer | undefined> {
    const version = existsSync(VERSIONS)
      ? readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a))[0]
      : undefined;
    if (version === undefined) {
      console.log('no PostgreSQL is installed: apt-get install postgresql');
      return undefined;
    }
    const folder = await asUnprivileged('mktemp', '-d', '/tmp/godwit-pg-XXXXXX');
    const server = new PostgresTestServer(join(VERSIONS, version, 'bin'), folder);
    await server.#run('initdb', '-D', server.#data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync');
    await server.start();
    return server;
  }

  private constructor(binaries: string, folder: string) {
    this.#binaries = binaries;
    this.#folder = folder;
    this.connection = { host: this.#folder, user: 'postgres', database: 'postgres' };
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async start(): Promise<void> {
    const options = `-k ${this.#folder} -c listen_addresses= -c max_connections=50`;
    await this.#run('pg_ctl', '-D', this.#data, '-w', '-l', join(this.#folder, 'log'), '-o', options, 'start');
  }

  /** `immediate` is a crash: nothing is flushed, connections break. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    await this.#run('pg_ctl', '-D', this.#data, '-w', '-m', mode, 'stop');
  }

  async remove(): Promise<void> {
    await this.stop('immediate').catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(program: string, ...args: string[]): Promise<void> {
    await asUnprivileged(join(this.#binaries, program), ...args);
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian made for it. */
async function asUnprivileged(program: string, ...args: string[]): Promise<string> {
  const root = userInfo().uid === 0;
  const [file, all] = root ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args];
  const { stdout } = await run(file, all, { cwd: '/' });
  return stdout.trim();
}

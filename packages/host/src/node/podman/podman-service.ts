import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { Failure, hasCode, type Timer, type World } from '@godwit/base';
import type { PodmanPlaces } from './podman-configuration.ts';
import { RestClient } from './rest-client.ts';

/** How long the service may stand idle: it holds some 40 MB. */
const IDLE_MS = 30_000;
/** The service's own limit, should nobody stop it. */
const ORPHAN_SECONDS = 120;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 3_000;
/** How long calls that are under way may take when the service is closed. */
const CALLS_MS = 8_000;
const POLL_MS = 4;

type ServicePlaces = Pick<PodmanPlaces, 'socketPath' | 'servicePidPath' | 'environment'>;

/**
 * Podman's REST service: started when somebody needs it, stopped when nobody did for a while. It is no
 * parent of containers, so stopping it stops none.
 */
export class PodmanService {
  readonly #places: ServicePlaces;
  readonly #world: World;
  readonly #client: RestClient;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #idle: Timer | undefined;
  #users = 0;
  #isClosed = false;
  readonly #calls = new Set<Promise<unknown>>();

  constructor(places: ServicePlaces, world: World) {
    this.#places = places;
    this.#world = world;
    this.#client = new RestClient(places.socketPath);
  }

  /** Calls `work` with a client of the running service. */
  async use<T>(work: (client: RestClient) => Promise<T>): Promise<T> {
    this.#users++;
    this.#idle?.cancel();
    // Under way from the start of the service on: one that was started for nobody would be left behind by its closing.
    const call = this.#ensure().then(() => this.#retryOnce(work));
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
      this.#leave();
    }
  }

  /** Keeps the service alive until the returned function is called: for sessions. */
  hold(): () => void {
    this.#users++;
    this.#idle?.cancel();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#leave();
    };
  }

  #leave(): void {
    this.#users--;
    if (this.#users > 0 || this.#isClosed) return;
    this.#idle = this.#world.clock.after(IDLE_MS, () => void this.stop());
  }

  /** Stops the service, also one that an earlier process left. Resolves when it has ended. */
  stop(): Promise<void> {
    this.#idle?.cancel();
    this.#starting = undefined;
    this.#stopping ??= this.#end().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #end(): Promise<void> {
    const untilMs = this.#world.clock.monotonic() + STOP_TIMEOUT_MS;
    for (let pid = await this.#runningPid(); pid !== undefined; pid = await this.#runningPid()) {
      const late = this.#world.clock.monotonic() > untilMs;
      kill(pid, late ? 'SIGKILL' : 'SIGTERM');
      await this.#world.clock.sleep(POLL_MS);
    }
    await rm(this.#places.servicePidPath, { force: true });
  }

  /** Stops the service for good, once calls that are under way are answered; nobody brings it back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#callsEnded();
    await this.stop();
    this.#client.close();
  }

  /** Told to end while it makes a container, it hangs until it is killed, and leaves that one half made. */
  #callsEnded(): Promise<unknown> {
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#world.clock.after(CALLS_MS, resolve);
    });
    return Promise.race([Promise.allSettled(this.#calls), late]).finally(() => timer?.cancel());
  }

  /** The service may have ended between two calls; then the socket refuses, and nothing was begun. */
  async #retryOnce<T>(work: (client: RestClient) => Promise<T>): Promise<T> {
    try {
      return await work(this.#client);
    } catch (error) {
      if (!hasCode(error, 'engine-unreachable') || (await this.#answers())) throw error;
      this.#starting = undefined;
      await this.#ensure();
      return work(this.#client);
    }
  }

  #ensure(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Failure('engine-unreachable', "podman's service has been closed"));
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { socketPath, servicePidPath, environment } = this.#places;
    // One that is about to end still answers, and would take the new one's socket away with it.
    await this.#stopping;
    if (await this.#answers()) return;
    await rm(socketPath, { force: true });
    const log = openSync(`${servicePidPath}.log`, 'a');
    const child = spawn('podman', ['system', 'service', '--time', String(ORPHAN_SECONDS), `unix://${socketPath}`], {
      env: environment,
      // Monitors inherit it and leave a file there when memory runs out.
      cwd: dirname(servicePidPath),
      detached: true,
      stdio: ['ignore', log, log],
    });
    let failed: unknown;
    child.once('error', (error) => {
      failed = error;
    });
    child.once('exit', (code) => {
      failed ??= `it ended with code ${code}`;
    });
    child.unref();
    if (child.pid !== undefined) writeFileSync(servicePidPath, String(child.pid));
    const untilMs = this.#world.clock.monotonic() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (failed !== undefined || this.#world.clock.monotonic() > untilMs) {
        // At its end it would take away the socket of the one that the next try starts.
        child.kill('SIGKILL');
        throw new Failure('engine-missing', `podman's service did not start; see ${servicePidPath}.log`, {
          cause: failed,
          retryable: true,
        });
      }
      await this.#world.clock.sleep(POLL_MS);
    }
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#places.socketPath);
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  /** The service's process, if the one that the pid file names is still ours. */
  async #runningPid(): Promise<number | undefined> {
    try {
      const pid = Number(await readFile(this.#places.servicePidPath, 'utf8'));
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      // A process that has ended but was not waited for has no command line.
      return command.includes(this.#places.socketPath) ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

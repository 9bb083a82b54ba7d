import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type Timer, type World } from '@godwit/base';
import type { BalancerReading } from '../../metrics/index.ts';
import {
  addressOfServer,
  backendsOf,
  type HaproxySettings,
  holdingScript,
  holdingScriptName,
  type LoadBalancer,
  parseBalancerReadings,
  parseServersState,
  parseSessions,
  renderHaproxyConfig,
  serverCommands,
  structureOf,
} from '../../services/index.ts';
import { inNamespace, run } from './command.ts';
import { daemonPid, existingUser, keepApart, stopDaemon } from './daemon.ts';
import type { DataPlaneNames } from './data-plane-names.ts';
import { tellHaproxy } from './haproxy-socket.ts';

/** How long a new worker may take to answer. */
const READY_MS = 10_000;
const CLEAN_MS = 1000;

/**
 * The load balancer that faces users. It is started when the first service asks for it. Servers come and go by its
 * runtime socket; a new address or port is a reload, in which the new worker takes over the old one's
 * listening sockets and the old one finishes what it has.
 */
export class Haproxy {
  readonly #names: DataPlaneNames;
  readonly #world: World;
  readonly #folder: string;
  #balancers: readonly LoadBalancer[] = [];
  #cleaning: Timer | undefined;
  #isReleased = false;
  #hasLua: Promise<boolean> | undefined;
  readonly #inTurn: (work: () => Promise<void>) => Promise<void>;

  /** @param inTurn does work when nobody else changes what the load balancer has: `apply` and `ensure` are called so */
  constructor(names: DataPlaneNames, world: World, inTurn: (work: () => Promise<void>) => Promise<void>) {
    this.#names = names;
    this.#world = world;
    this.#inTurn = inTurn;
    this.#folder = join(names.runFolder, 'lb');
  }

  get #identity() {
    return {
      pidFile: join(this.#folder, 'haproxy.pid'),
      mark: join(this.#folder, 'haproxy.cfg'),
      scope: `${this.#names.scopePrefix}haproxy.scope`,
    };
  }
  get #socket(): string {
    return join(this.#folder, 'haproxy.sock');
  }
  get #masterSocket(): string {
    return join(this.#folder, 'master.sock');
  }
  get #settings(): HaproxySettings {
    return { folder: this.#folder, user: existingUser('haproxy', 'nobody'), threads: 2 };
  }

  get running(): boolean {
    return daemonPid(this.#identity) !== undefined;
  }

  get isNeeded(): boolean {
    return this.#balancers.length > 0;
  }

  /** @throws Failure `haproxy-failed` when it does not come up with this configuration */
  async apply(balancers: readonly LoadBalancer[]): Promise<void> {
    this.#balancers = balancers;
    this.#isReleased = false;
    if (!this.running && balancers.length === 0) return;
    if (!this.running) await this.#start();
    else if ((await this.#loadedStructure()) !== structureOf(balancers, this.#settings)) await this.#reload();
    else await this.#updateServers();
  }

  /** Whether requests can wait for what sleeps. Without Lua, which distributions build in and some do not, they fail. */
  canHold(): Promise<boolean> {
    this.#hasLua ??= run(['haproxy', '-vv']).then((text) => {
      const hasLua = /^Built with Lua/m.test(text);
      if (!hasLua) this.#world.log.warn('this HAProxy is built without Lua: requests for what sleeps are not held');
      return hasLua;
    });
    return this.#hasLua;
  }

  /** Starts it again after it died, with what was last asked. */
  async ensure(): Promise<void> {
    if (!this.isNeeded || this.running) return;
    this.#world.log.warn('HAProxy had ended and is started again');
    await this.#start();
  }

  #writeConfig(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o755 });
    const file = this.#identity.mark;
    writeFileSync(join(this.#folder, holdingScriptName), holdingScript, { mode: 0o644 });
    writeFileSync(`${file}.new`, renderHaproxyConfig(this.#balancers, this.#settings), { mode: 0o644 });
    renameSync(`${file}.new`, file);
  }

  async #start(): Promise<void> {
    this.#writeConfig();
    const { pidFile, mark } = this.#identity;
    rmSync(pidFile, { force: true });
    const socket = `${this.#masterSocket},mode,600`;
    await run([...inNamespace(this.#names.namespace), 'haproxy', '-W', '-D', '-S', socket, '-p', pidFile, '-f', mark]);
    await this.#untilLoaded();
    await keepApart(this.#identity, this.#world.log);
  }

  async #reload(): Promise<void> {
    this.#writeConfig();
    // By its socket, not by a signal: one that comes while the master still works on an earlier reload is lost.
    await this.#tellMaster('reload');
    await this.#untilLoaded();
  }

  async #loadedStructure(): Promise<string | undefined> {
    const info = await tellHaproxy(this.#socket, ['show info']).catch(() => '');
    return /^description: (\S+)$/m.exec(info)?.[1];
  }

  async #untilLoaded(): Promise<void> {
    const structure = structureOf(this.#balancers, this.#settings);
    const untilMs = this.#world.clock.monotonic() + READY_MS;
    while ((await this.#loadedStructure()) !== structure) {
      if (this.#world.clock.monotonic() > untilMs) throw await this.#complaint();
      await this.#world.clock.sleep(10);
    }
  }

  async #complaint(): Promise<Failure> {
    const check = [...inNamespace(this.#names.namespace), 'haproxy', '-c', '-q', '-f', this.#identity.mark];
    const cause = await run(check).catch((error: unknown) => error);
    return new Failure('haproxy-failed', 'the load balancer does not take its configuration', {
      cause,
      retryable: true,
    });
  }

  /** Only servers differ: the file is written too, so that a reload or a restart begins with them. */
  async #updateServers(): Promise<void> {
    const before = parseServersState(await tellHaproxy(this.#socket, ['show servers state']));
    const commands = serverCommands(before, this.#balancers);
    if (commands.length > 0) {
      this.#writeConfig();
      const answer = await tellHaproxy(this.#socket, commands);
      const after = parseServersState(await tellHaproxy(this.#socket, ['show servers state']));
      if (serverCommands(after, this.#balancers).length > 0) {
        this.#world.log.warn('the load balancer refused a change of servers; it is reloaded', { answer });
        await this.#reload();
      }
    }
    this.#cleanLater();
  }

  /** Drained servers are deleted once their last session has ended. */
  #cleanLater(): void {
    if (this.#isReleased) return;
    this.#cleaning ??= this.#world.clock.after(CLEAN_MS, () => {
      this.#cleaning = undefined;
      this.#inTurn(() => this.#clean()).catch((error: unknown) =>
        this.#world.log.debug('drained servers could not be removed yet', { error }),
      );
    });
  }

  /** Whom nobody wants is looked up and deleted in one turn: who is wanted again in between must not go. */
  async #clean(): Promise<void> {
    if (!this.running || this.#isReleased) return;
    const unwanted = this.#unwanted(parseServersState(await tellHaproxy(this.#socket, ['show servers state'])));
    if (unwanted.length === 0) return;
    const sessions = parseSessions(await tellHaproxy(this.#socket, ['show stat -1 4 -1']));
    const idle = unwanted.filter((path) => (sessions.get(path) ?? 0) === 0);
    await tellHaproxy(
      this.#socket,
      idle.flatMap((path) => [`set server ${path} state maint`, `del server ${path}`]),
    );
    this.#cleanLater();
  }

  /** Paths of servers that run but that nobody wants. */
  #unwanted(running: ReturnType<typeof parseServersState>): string[] {
    const wanted = new Set(
      this.#balancers.flatMap((balancer) =>
        backendsOf(balancer).flatMap(({ name }) => balancer.servers.map((server) => `${name}/${server.name}`)),
      ),
    );
    const paths = [...running].flatMap(([backend, servers]) =>
      [...servers.keys()].map((server) => `${backend}/${server}`),
    );
    return paths.filter((path) => !wanted.has(path));
  }

  /** Sessions that this and earlier workers have with an address. */
  async sessions(address: string): Promise<number> {
    if (!this.running) return 0;
    const workers = await this.#workers();
    const counts = await Promise.all(
      workers.map(async (pid) => {
        const text = await this.#tellMaster(`@!${pid} show stat -1 4 -1`);
        return [...parseSessions(text)]
          .filter(([path]) => addressOfServer(path.split('/')[1] ?? '') === address)
          .reduce((sum, [, count]) => sum + count, 0);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What the worker that takes new connections has counted, by service. Cheap enough for every second. */
  async readings(): Promise<readonly BalancerReading[]> {
    if (!this.isNeeded) return [];
    // Which requests are held is only seen beside what is at servers. There may be many: they are asked if need be.
    const holds = this.#balancers.some((balancer) => balancer.holds);
    // While it is being started or reloaded there is nobody to ask: this second has no reading.
    const text = await tellHaproxy(this.#socket, [`show stat -1 ${holds ? 6 : 2} -1`]).catch(() => '');
    return parseBalancerReadings(text);
  }

  async #workers(): Promise<number[]> {
    const text = await this.#tellMaster('show proc');
    return [...text.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => Number(pid));
  }

  /** The master does not listen for a moment while it reloads. */
  async #tellMaster(command: string): Promise<string> {
    const untilMs = this.#world.clock.monotonic() + READY_MS;
    for (;;) {
      try {
        return await tellHaproxy(this.#masterSocket, [command]);
      } catch (error) {
        if (!this.running) return '';
        if (this.#world.clock.monotonic() > untilMs) throw error;
        await this.#world.clock.sleep(20);
      }
    }
  }

  /** Ends what is still open with an address that is no more. */
  async forget(address: string): Promise<void> {
    if (!this.running) return;
    const state = parseServersState(await tellHaproxy(this.#socket, ['show servers state']));
    const paths = this.#unwanted(state).filter((path) => addressOfServer(path.split('/')[1] ?? '') === address);
    await tellHaproxy(
      this.#socket,
      paths.map((path) => `shutdown sessions server ${path}`),
    );
  }

  release(): void {
    this.#isReleased = true;
    this.#cleaning?.cancel();
    this.#cleaning = undefined;
  }

  async stop(): Promise<void> {
    this.release();
    this.#balancers = [];
    await stopDaemon(this.#identity, this.#world.clock);
  }
}

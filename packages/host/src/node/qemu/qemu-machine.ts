import { type Clock, Failure, hasCode, type Log } from '@godwit/base';
import { tail } from '@godwit/base/node';
import type { GuestEvent, GuestRun } from '../../hypervisor-driver.ts';
import { AGENT_PORT } from './command-line/channels.ts';
import type { MachineFiles } from './command-line/index.ts';
import { GuestAgent } from './guest-agent.ts';
import { type MachineProcess, processGone } from './process-watch.ts';
import { type CommandName, type QmpEvent, QmpSession, type ReturnsOf, type RunState } from './qmp/index.ts';
import { SerialConsole } from './serial-console.ts';
import { connectSocket } from './socket.ts';

/** How long QEMU may take to end by itself before it is killed. */
const QUIT_TIMEOUT_MS = 5_000;
const KILL_TIMEOUT_MS = 10_000;
const RECONNECT_MS = 500;
const LOG_TAIL_BYTES = 1_000;

export interface QemuMachineOptions {
  readonly files: MachineFiles;
  readonly process: MachineProcess;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: GuestEvent) => void;
}

/** One QEMU that runs, seen from us: its process, its monitor, its console, its agent. */
export class QemuMachine {
  readonly process: MachineProcess;
  readonly console: SerialConsole;
  readonly agent: GuestAgent;
  readonly #options: QemuMachineOptions;
  #session: QmpSession | undefined;
  /** While the monitor is being reached again. */
  #isReaching = false;
  #released = false;
  #agentConnected = false;

  private constructor(options: QemuMachineOptions) {
    this.#options = options;
    this.process = options.process;
    this.console = new SerialConsole(options.files.serial, options.files.serialLog);
    this.agent = new GuestAgent(options.files.agent, options.clock);
  }

  /** Connects to the monitor. Events flow from here on. */
  static async connect(options: QemuMachineOptions): Promise<QemuMachine> {
    const machine = new QemuMachine(options);
    try {
      await machine.#open();
    } catch (error) {
      machine.release();
      throw error;
    }
    return machine;
  }

  get agentConnected(): boolean {
    return this.#agentConnected;
  }

  /** Fails with `not-connected` while the monitor is being reached again. */
  execute<Name extends CommandName>(
    ...input: Parameters<typeof QmpSession.prototype.execute<Name>>
  ): Promise<ReturnsOf<Name>> {
    if (this.#session) return this.#session.execute<Name>(...input);
    return Promise.reject(new Failure('not-connected', 'the monitor of QEMU is not connected', { retryable: true }));
  }

  async run(): Promise<GuestRun> {
    return guestRun((await this.execute('query-status')).status);
  }

  /** Ends the process: asked first, so that it closes its images; killed when it does not listen. */
  async end(): Promise<void> {
    const { files, clock } = this.#options;
    this.#released = true;
    await this.#askToQuit();
    this.release();
    if (await processGone(files.pid, files.folder, clock, QUIT_TIMEOUT_MS)) return;
    await killProcess(this.process.pid, files, clock);
  }

  /** Lets go of everything; the guest keeps running, and no event comes any more. */
  release(): void {
    this.#released = true;
    this.console.close();
    this.agent.close();
    this.#session?.close();
    this.#session = undefined;
  }

  async #askToQuit(): Promise<void> {
    try {
      await this.execute('quit', undefined, QUIT_TIMEOUT_MS);
    } catch (error) {
      // A connection that breaks now is QEMU going; anything else calls for a signal.
      if (!hasCode(error, 'qmp-disconnected')) signalProcess(this.process.pid, 'SIGTERM');
    }
  }

  async #open(): Promise<void> {
    const session = await QmpSession.open(await connectSocket(this.#options.files.monitor), {
      clock: this.#options.clock,
      onEvent: (event) => this.#hear(event),
      onClose: () => this.#lost(),
    });
    this.#session = session;
    try {
      if (this.#released) throw new Failure('not-connected', 'the machine was let go of');
      const channels = await session.execute('query-chardev');
      const agent = channels.find(({ label }) => label === 'agent-socket');
      this.#setAgent(agent?.['frontend-open'] === true);
    } catch (error) {
      // QEMU serves one connection after another: one that is kept for nothing would be in the way of the next.
      session.close();
      throw error;
    }
  }

  #hear(event: QmpEvent): void {
    const { onEvent } = this.#options;
    const { data } = event;
    switch (event.name) {
      case 'RESUME':
        return onEvent({ type: 'run', run: 'running' });
      case 'STOP':
        return void this.#tellRun();
      case 'SHUTDOWN':
        if (data.reason === 'guest-panic')
          return onEvent({ type: 'run', run: 'crashed', message: 'the guest panicked' });
        if (data.guest === true) onEvent({ type: 'run', run: 'shutdown', message: text(data.reason) });
        return;
      case 'GUEST_PANICKED':
        return onEvent({ type: 'run', run: 'crashed', message: 'the guest panicked' });
      case 'RESET':
        return onEvent({ type: 'reset', byGuest: data.guest === true });
      case 'WATCHDOG':
        return onEvent({ type: 'watchdog', action: String(data.action) });
      case 'BLOCK_IO_ERROR':
        if (data.action === 'stop') onEvent({ type: 'run', run: 'io-error', message: diskError(data) });
        return;
      case 'BALLOON_CHANGE':
        return onEvent({ type: 'balloon' });
      case 'VSERPORT_CHANGE':
        if (data.id === AGENT_PORT) this.#setAgent(data.open === true);
        return;
      default:
    }
  }

  #setAgent(connected: boolean): void {
    if (connected === this.#agentConnected) return;
    this.#agentConnected = connected;
    if (!connected) this.agent.close();
    this.#options.onEvent({ type: 'agent', connected });
  }

  /** STOP does not say why: QEMU is asked, and asked again while its disks keep it from answering in time. */
  async #tellRun(): Promise<void> {
    while (!this.#released) {
      try {
        return this.#options.onEvent({ type: 'run', run: await this.run() });
      } catch (error) {
        if (hasCode(error, 'qmp-timeout')) continue;
        // The connection broke meanwhile: what is known then is told after the next one.
        if (hasCode(error, 'qmp-disconnected') || hasCode(error, 'not-connected')) return;
        this.#options.log.warn('a machine does not say how it is', { folder: this.#options.files.folder, error });
        return;
      }
    }
  }

  #lost(): void {
    this.#session = undefined;
    if (this.#released || this.#isReaching) return;
    this.#isReaching = true;
    void this.#reachAgain().finally(() => {
      this.#isReaching = false;
      if (!this.#session) this.#lost();
    });
  }

  /** Until the monitor answers, or the process has ended. */
  async #reachAgain(): Promise<void> {
    const { files, clock, log, onEvent } = this.#options;
    while (!this.#released && !this.#session) {
      try {
        if (await processGone(files.pid, files.folder, clock, RECONNECT_MS)) {
          if (this.#released) return;
          const message = await lastWords(files);
          this.release();
          return onEvent({ type: 'ended', message });
        }
        await this.#open();
        await this.#tellRun();
      } catch (error) {
        log.warn('cannot reach the monitor of a machine', { folder: files.folder, error });
        await clock.sleep(RECONNECT_MS);
      }
    }
  }
}

function diskError(data: QmpEvent['data']): string {
  const device = text(data.device) || text(data['node-name']) || 'a disk';
  return data.nospace === true ? `${device}: no space left on the host` : `${device}: ${text(data.reason)}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What QEMU's own states mean for the machine. */
export function guestRun(status: RunState): GuestRun {
  switch (status) {
    case 'shutdown':
      return 'shutdown';
    case 'guest-panicked':
    case 'internal-error':
      return 'crashed';
    case 'io-error':
      return 'io-error';
    case 'running':
    case 'suspended':
      return 'running';
    default:
      return 'paused';
  }
}

/** The last that a QEMU wrote to its log, for people. */
export async function lastWords(files: MachineFiles): Promise<string> {
  const said = new TextDecoder().decode(await tail(files.log, LOG_TAIL_BYTES)).trim();
  return said === '' ? 'QEMU ended without a word' : said;
}

/** Kills a QEMU, and waits until it is gone: nobody lays anything out anew under its feet. Code `cannot-kill`. */
export async function killProcess(pid: number, files: MachineFiles, clock: Clock): Promise<void> {
  signalProcess(pid, 'SIGKILL');
  if (await processGone(files.pid, files.folder, clock, KILL_TIMEOUT_MS)) return;
  throw new Failure('cannot-kill', `process ${pid} does not end`, { retryable: true });
}

/** Sends a signal; a process that is gone already is what was wanted. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

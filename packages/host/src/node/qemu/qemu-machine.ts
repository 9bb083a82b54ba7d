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
    if (!this.#session) throw new Failure('not-connected', 'the monitor of QEMU is not connected', { retryable: true });
    return this.#session.execute<Name>(...input);
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
    signalProcess(this.process.pid, 'SIGKILL');
    if (await processGone(files.pid, files.folder, clock, KILL_TIMEOUT_MS)) return;
    throw new Failure('cannot-kill', `process ${this.process.pid} does not end`, { retryable: true });
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
    const stream = await connectSocket(this.#options.files.monitor);
    this.#session = await QmpSession.open(stream, {
      clock: this.#options.clock,
      onEvent: (event) => this.#hear(event),
      onClose: () => void this.#disconnected(),
    });
    const channels = await this.#session.execute('query-chardev');
    const agent = channels.find(({ label }) => label === 'agent-socket');
    this.#setAgent(agent?.['frontend-open'] === true);
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

  /** STOP does not say why: QEMU is asked. */
  async #tellRun(): Promise<void> {
    try {
      this.#options.onEvent({ type: 'run', run: await this.run() });
    } catch (error) {
      // The connection broke meanwhile: what is known then is told after the next one.
      if (!hasCode(error, 'qmp-disconnected') && !hasCode(error, 'not-connected')) throw error;
    }
  }

  async #disconnected(): Promise<void> {
    this.#session = undefined;
    const { files, clock, onEvent } = this.#options;
    while (!this.#released) {
      if (await processGone(files.pid, files.folder, clock, RECONNECT_MS)) {
        if (this.#released) return;
        this.release();
        return onEvent({ type: 'ended', message: await lastWords(files) });
      }
      try {
        await this.#open();
        return await this.#tellRun();
      } catch (error) {
        this.#options.log.warn('cannot reach the monitor of a machine', { folder: files.folder, error });
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

/** Sends a signal; a process that is gone already is what was wanted. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

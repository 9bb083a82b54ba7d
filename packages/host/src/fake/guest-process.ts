import type { World } from '@godwit/base';
import type { GuestEvent, GuestRun, GuestView, LaunchRequest } from '../hypervisor-driver.ts';
import { wantedMemoryBytes } from '../virtual-machine/guest-size.ts';

/** What a simulated guest does. */
export interface FakeGuest {
  /** Until its agent answers; without it the guest has none. */
  readonly agentAfterMs?: number;
  /** From the power button to off; absent: it does not listen to the button. */
  readonly offAfterMs?: number;
  /** What it keeps of its memory whatever its balloon is asked, in bytes. */
  readonly keepsBytes?: number;
  /** It cannot be started, with this code. */
  readonly broken?: string;
}

const MIB = 2 ** 20;
const REBOOT_MS = 1_000;

/** One simulated emulator process. It lives until `end`, whoever watches. */
export class GuestProcess {
  readonly request: LaunchRequest;
  readonly #world: World;
  readonly #guest: FakeGuest;
  #tell: (event: GuestEvent) => void;
  #view: GuestView;
  /** Counts power cycles: what was begun in one does not happen in the next. */
  #cycle = 0;
  #ended = false;
  /** What the balloon was asked to leave: a guest that begins anew hears of it again. */
  #askedBytes: number | undefined;

  constructor(world: World, request: LaunchRequest, guest: FakeGuest, tell: (event: GuestEvent) => void) {
    this.#world = world;
    this.request = request;
    this.#guest = guest;
    this.#tell = tell;
    const { cpu } = request.spec.domain;
    const memoryBytes = wantedMemoryBytes(request.spec) || 128 * MIB;
    this.#view = {
      run: request.held ? 'paused' : 'running',
      agentConnected: false,
      startedAtMs: world.clock.now(),
      sockets: cpu?.sockets ?? 1,
      pluggedSockets: cpu?.sockets ?? 1,
      memoryBytes,
      balloonBytes: memoryBytes,
    };
    this.#boot();
  }

  get machine(): LaunchRequest {
    return this.request;
  }

  get view(): GuestView {
    return this.#view;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** It goes on on another host: from now on that one hears of it. */
  carryTo(tell: (event: GuestEvent) => void): void {
    this.#tell = tell;
  }

  pause(): void {
    if (this.#view.run === 'running') this.#turn('paused');
  }

  /** Goes on after a pause, or boots again after a power-off and a reset. */
  resume(): void {
    const { run } = this.#view;
    if (run === 'paused' || run === 'io-error') this.#turn('running');
    else if (run === 'shutdown') {
      this.#turn('running');
      this.#boot();
    }
  }

  press(): void {
    const { offAfterMs } = this.#guest;
    if (offAfterMs === undefined || this.#view.run !== 'running') return;
    this.#later(offAfterMs, () => this.#turn('shutdown'));
  }

  reset(byGuest = false): void {
    this.#cycle++;
    this.#setAgent(false);
    this.#view = { ...this.#view, balloonBytes: this.#view.memoryBytes };
    this.#tell({ type: 'reset', byGuest });
    if (this.#view.run === 'running') this.#boot();
  }

  /** What the agent in the guest is told to do; `reboot` comes up again by itself. */
  shutDown(reboot: boolean): void {
    this.#later(REBOOT_MS, () => (reboot ? this.reset(true) : this.#turn('shutdown')));
  }

  /** The guest does something by itself: switches off, panics, or runs out of disk. */
  turn(run: GuestRun): void {
    if (!this.#ended) this.#turn(run);
  }

  grow(sockets: number, memoryBytes: number): void {
    const { view } = this;
    const pluggedSockets = Math.max(sockets, view.pluggedSockets);
    const balloonBytes = view.balloonBytes + memoryBytes - view.memoryBytes;
    this.#view = { ...view, sockets, pluggedSockets, memoryBytes, balloonBytes };
  }

  balloon(bytes: number): void {
    this.#askedBytes = bytes;
    const least = Math.max(bytes, this.#guest.keepsBytes ?? 0);
    this.#view = { ...this.#view, balloonBytes: Math.min(least, this.#view.memoryBytes) };
    this.#tell({ type: 'balloon' });
  }

  /** The process is gone. */
  end(message: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cycle++;
    this.#tell({ type: 'ended', message });
  }

  #boot(): void {
    const { agentAfterMs } = this.#guest;
    if (agentAfterMs !== undefined) this.#later(agentAfterMs, () => this.#setAgent(true));
    const askedBytes = this.#askedBytes;
    if (askedBytes !== undefined) this.#later(REBOOT_MS, () => this.balloon(askedBytes));
  }

  #turn(run: GuestRun): void {
    if (run === this.#view.run) return;
    this.#view = { ...this.#view, run };
    if (run === 'shutdown' || run === 'crashed') {
      this.#cycle++;
      this.#setAgent(false);
    }
    this.#tell({ type: 'run', run, ...(run === 'crashed' && { message: 'the guest panicked' }) });
  }

  #setAgent(connected: boolean): void {
    if (connected === this.#view.agentConnected) return;
    this.#view = { ...this.#view, agentConnected: connected };
    this.#tell({ type: 'agent', connected });
  }

  #later(delayMs: number, task: () => void): void {
    const cycle = this.#cycle;
    this.#world.clock.after(delayMs, () => {
      if (cycle === this.#cycle && !this.#ended) task();
    });
  }
}

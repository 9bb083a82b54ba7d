import { describeError, hasCode, type Timer, type World } from '@godwit/base';
import { sameJson } from '@godwit/client';
import type { Behaviour, MachineAction, Step, Tick } from './behaviour.ts';
import type { MachineRecords } from './machine-records.ts';

/** Longest sleep of a loop that asked for no tick sooner than this. */
const LONGEST_WAIT_MS = 3_600_000;
/** A wall clock that is this far from where it should be has jumped; less is how clocks are kept right. */
const JUMP_MS = 1_000;
const RECORD_RETRY_MS = 1_000;

interface Flight<Action> {
  readonly action: Action;
  readonly abort: AbortController;
}

/** Loops rest most of the time, and there are many of them: those share that nothing is wanted. */
const nothing: ReadonlyMap<string, never> = new Map<string, never>();

export interface MachineLoopOptions<State, Input, Action extends MachineAction> {
  readonly uid: string;
  readonly world: World;
  readonly records: MachineRecords;
  readonly behaviour: Behaviour<State, Input, Action>;
  readonly state: State;
  /** Called once, when the machine is gone and its record removed. */
  readonly onFinished: () => void;
}

/**
 * One machine: one queue of inputs, one loop. Each input goes through the pure step; the record of the new
 * state is written; then the wanted actions are performed, one at a time a lane, and their results come
 * back as inputs. Once released, or when the world's incarnation ends, nothing more happens.
 */
export class MachineLoop<State, Input, Action extends MachineAction> {
  readonly #options: Omit<MachineLoopOptions<State, Input, Action>, 'state'>;
  readonly #inputs: (Input | Tick)[] = [];
  #flights: readonly Flight<Action>[] = [];
  #wanted: ReadonlyMap<string, Action> = nothing;
  #released = false;
  #state: State;
  /** What is on disk, once it is. */
  #record: unknown;
  /** The state that the record on disk is of. */
  #recorded: State | undefined;
  #timer: Timer | undefined;
  /** How far the wall clock is ahead of the steady one. */
  #aheadMs: number;
  #draining = false;
  #finished = false;

  constructor(options: MachineLoopOptions<State, Input, Action>) {
    const { state, ...others } = options;
    this.#options = others;
    this.#state = state;
    this.#aheadMs = this.#ahead();
  }

  get uid(): string {
    return this.#options.uid;
  }

  /** The state after the last input that was taken. */
  get state(): State {
    return this.#state;
  }

  send(input: Input | Tick): void {
    if (this.#released || this.#finished) return;
    this.#inputs.push(input);
    if (this.#draining) return;
    this.#draining = true;
    queueMicrotask(() => void this.#drain());
  }

  /** Ends the loop and gives up what is in flight; the machine itself keeps running. */
  release(): void {
    this.#released = true;
    this.#timer?.cancel();
    for (const { abort } of this.#flights) abort.abort();
  }

  async #drain(): Promise<void> {
    while (this.#inputs.length > 0 && !this.#released && !this.#finished) {
      const last = this.#stepAll();
      if (last.finished) return this.#finish();
      await this.#save();
      if (this.#released) return;
      this.#setTimer(last.wakeAtMs);
      this.#startWanted();
    }
    this.#draining = false;
  }

  #ahead(): number {
    const { clock } = this.#options.world;
    return clock.now() - clock.monotonic();
  }

  /** Timers run on steady time, so a jump is noticed when the next of them fires at the latest. */
  #noticeJump(): void {
    const byMs = this.#ahead() - this.#aheadMs;
    if (Math.abs(byMs) < JUMP_MS) return;
    this.#aheadMs += byMs;
    this.#state = this.#options.behaviour.movedInTime(this.#state, byMs);
  }

  #stepAll(): Step<State, Action> {
    const { behaviour, world } = this.#options;
    this.#noticeJump();
    let step: Step<State, Action> | undefined;
    for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) {
      step = behaviour.step(this.#state, input, world.clock.now());
      this.#state = step.state;
      for (const action of step.actions) if (action.lane === undefined) void this.#perform(action);
      if (step.finished) break;
    }
    const { actions } = step as Step<State, Action>;
    const wanted = actions.flatMap((action) => (action.lane === undefined ? [] : [[action.lane, action] as const]));
    this.#wanted = wanted.length > 0 ? new Map(wanted) : nothing;
    return step as Step<State, Action>;
  }

  async #save(): Promise<void> {
    if (this.#state === this.#recorded) return;
    const state = this.#state;
    const record = this.#options.behaviour.record(state);
    try {
      const isThere = this.#recorded !== undefined && sameJson(record, this.#record);
      if (!isThere) await this.#options.records.save(this.uid, record);
      this.#recorded = state;
      this.#record = record;
    } catch (error) {
      if (hasCode(error, 'dead-incarnation')) return this.release();
      // A full disk must not keep a machine from being stopped: go on, and try again soon.
      this.#options.world.log.error('cannot write the record of a machine', {
        uid: this.uid,
        error: describeError(error),
      });
      this.#options.world.clock.after(RECORD_RETRY_MS, () => this.send({ type: 'tick' }));
    }
  }

  #setTimer(wakeAtMs: number | undefined): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (wakeAtMs === undefined) return;
    const delayMs = Math.min(LONGEST_WAIT_MS, Math.max(0, wakeAtMs - this.#options.world.clock.now()));
    this.#timer = this.#options.world.clock.after(delayMs, () => this.send({ type: 'tick' }));
  }

  #startWanted(): void {
    for (const { action, abort } of this.#flights) {
      const { lane, interruptible, name } = action;
      if (interruptible && lane !== undefined && this.#wanted.get(lane)?.name !== name) abort.abort();
    }
    for (const lane of this.#wanted.keys()) this.#startLane(lane);
  }

  #startLane(lane: string): void {
    const action = this.#wanted.get(lane);
    if (action === undefined || this.#finished || this.#flights.some((flight) => flight.action.lane === lane)) return;
    void this.#perform(action);
  }

  async #perform(action: Action): Promise<void> {
    const { lane } = action;
    const flight: Flight<Action> = { action, abort: new AbortController() };
    this.#flights = [...this.#flights, flight];
    const { signal } = flight.abort;
    const { behaviour } = this.#options;
    let result: Input | undefined;
    try {
      result = await behaviour.perform(action, signal);
    } catch (error) {
      result = signal.aborted ? undefined : behaviour.failed(action, error);
    }
    this.#flights = this.#flights.filter((other) => other !== flight);
    if (this.#released) return;
    // What was given up may have come to its end all the same: then its result counts.
    if (result !== undefined) this.send(result);
    else if (signal.aborted && lane !== undefined) this.#startLane(lane);
  }

  async #finish(): Promise<void> {
    this.#finished = true;
    this.#timer?.cancel();
    for (const { action, abort } of this.#flights) if (action.lane !== undefined) abort.abort();
    await this.#removeRecord();
    if (!this.#released) this.#options.onFinished();
  }

  /** A record that cannot be removed now is tried again; what is left after all, the next start of the program ends. */
  async #removeRecord(): Promise<void> {
    const { records, world } = this.#options;
    try {
      await records.remove(this.uid);
    } catch (error) {
      if (hasCode(error, 'dead-incarnation') || this.#released) return;
      world.log.error('cannot remove the record of a machine', { uid: this.uid, error: describeError(error) });
      world.clock.after(RECORD_RETRY_MS, () => void this.#removeRecord());
    }
  }
}

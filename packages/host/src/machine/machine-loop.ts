import { describeError, hasCode, type Timer, type World } from '@godwit/base';
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
  readonly #options: MachineLoopOptions<State, Input, Action>;
  readonly #inputs: (Input | Tick)[] = [];
  readonly #flights = new Map<string, Flight<Action>>();
  readonly #released = new AbortController();
  #wanted = new Map<string, Action>();
  #state: State;
  #recordText: string | undefined;
  #record: unknown;
  /** The state that the record on disk is of. */
  #recorded: State | undefined;
  #timer: Timer | undefined;
  /** How far the wall clock is ahead of the steady one. */
  #aheadMs: number;
  #draining = false;
  #finished = false;

  constructor(options: MachineLoopOptions<State, Input, Action>) {
    this.#options = options;
    this.#state = options.state;
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
    if (this.#released.signal.aborted || this.#finished) return;
    this.#inputs.push(input);
    if (this.#draining) return;
    this.#draining = true;
    queueMicrotask(() => void this.#drain());
  }

  /** Ends the loop and gives up what is in flight; the machine itself keeps running. */
  release(): void {
    this.#released.abort();
    this.#timer?.cancel();
  }

  async #drain(): Promise<void> {
    while (this.#inputs.length > 0 && !this.#released.signal.aborted && !this.#finished) {
      const last = this.#stepAll();
      if (last.finished) return this.#finish();
      await this.#save();
      if (this.#released.signal.aborted) return;
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
      for (const action of step.actions) if (action.lane === undefined) void this.#perform(action, undefined);
      if (step.finished) break;
    }
    const { actions } = step as Step<State, Action>;
    this.#wanted = new Map(actions.flatMap((action) => (action.lane === undefined ? [] : [[action.lane, action]])));
    return step as Step<State, Action>;
  }

  async #save(): Promise<void> {
    if (this.#state === this.#recorded) return;
    const state = this.#state;
    const record = this.#options.behaviour.record(state);
    const text =
      this.#recordText !== undefined && sameFields(record, this.#record) ? this.#recordText : JSON.stringify(record);
    if (text === this.#recordText) {
      this.#recorded = state;
      this.#record = record;
      return;
    }
    try {
      await this.#options.records.save(this.uid, record);
      this.#recordText = text;
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
    for (const [lane, flight] of this.#flights) {
      if (flight.action.interruptible && this.#wanted.get(lane)?.name !== flight.action.name) flight.abort.abort();
    }
    for (const lane of this.#wanted.keys()) this.#startLane(lane);
  }

  #startLane(lane: string): void {
    const action = this.#wanted.get(lane);
    if (action === undefined || this.#flights.has(lane) || this.#finished) return;
    void this.#perform(action, lane);
  }

  async #perform(action: Action, lane: string | undefined): Promise<void> {
    const flight: Flight<Action> = { action, abort: new AbortController() };
    if (lane !== undefined) this.#flights.set(lane, flight);
    const signal = AbortSignal.any([flight.abort.signal, this.#released.signal]);
    const { behaviour } = this.#options;
    let result: Input | undefined;
    try {
      result = await behaviour.perform(action, signal);
    } catch (error) {
      result = signal.aborted ? undefined : behaviour.failed(action, error);
    }
    if (lane !== undefined) this.#flights.delete(lane);
    if (this.#released.signal.aborted) return;
    // What was given up may have come to its end all the same: then its result counts.
    if (result !== undefined) this.send(result);
    else if (flight.abort.signal.aborted && lane !== undefined) this.#startLane(lane);
  }

  async #finish(): Promise<void> {
    this.#finished = true;
    this.#timer?.cancel();
    for (const flight of this.#flights.values()) flight.abort.abort();
    await this.#removeRecord();
    if (!this.#released.signal.aborted) this.#options.onFinished();
  }

  /** A record that cannot be removed now is tried again; what is left after all, the next start of the program ends. */
  async #removeRecord(): Promise<void> {
    const { records, world } = this.#options;
    try {
      await records.remove(this.uid);
    } catch (error) {
      if (hasCode(error, 'dead-incarnation') || this.#released.signal.aborted) return;
      world.log.error('cannot remove the record of a machine', { uid: this.uid, error: describeError(error) });
      world.clock.after(RECORD_RETRY_MS, () => void this.#removeRecord());
    }
  }
}

/** Whether two records are made of the very same parts: most steps change nothing that is recorded. */
function sameFields(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const other = b as Readonly<Record<string, unknown>>;
  const fields = Object.entries(a);
  return fields.length === Object.keys(other).length && fields.every(([name, value]) => other[name] === value);
}

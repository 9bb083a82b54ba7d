/**
 * What a kind of machine is, apart from time and I/O: a pure step, and how to perform the actions that it
 * asks for. Pods and virtual machines each have one; `MachineLoop` runs it.
 */
export interface Behaviour<State, Input, Action extends MachineAction> {
  /**
   * Pure. Takes one input into account and says all that is now wanted: actions with a lane are wanted
   * until a later step no longer names them, actions without one are done once.
   */
  step(state: State, input: Input | Tick, nowMs: number): Step<State, Action>;
  /**
   * Does one action. It must be idempotent: after a crash it is asked for again. What it found out is the
   * next input. The signal is aborted when the loop ends, or, for an interruptible action, when it is no
   * longer wanted.
   */
  perform(action: Action, signal: AbortSignal): Promise<Input | undefined>;
  /** The input that tells the step of an action that threw. */
  failed(action: Action, error: unknown): Input;
  /**
   * Pure. The wall clock jumped by `byMs` (back when negative): the state with all its appointments moved along, so
   * that none is kept too early or too late.
   */
  movedInTime(state: State, byMs: number): State;
  /** What a new process needs to carry on, as JSON. Written before the actions of a step begin. */
  record(state: State): unknown;
}

/** The moment that a step asked to be woken at has come. */
export interface Tick {
  readonly type: 'tick';
}

export interface Step<State, Action> {
  readonly state: State;
  readonly actions: readonly Action[];
  /** Wall-clock time of the next tick, in milliseconds since the epoch. */
  readonly wakeAtMs?: number | undefined;
  /** Nothing of this machine is left: the loop ends and its record is removed. */
  readonly finished?: boolean;
}

export interface MachineAction {
  /** What is wanted, such as `start web 3`. Two wanted actions of one lane with one name are the same. */
  readonly name: string;
  /** At most one action of a lane is in flight. Absent: done once, beside everything else. */
  readonly lane?: string;
  /** May be given up half-way (waiting, probing) as soon as its lane wants something else or nothing. */
  readonly interruptible?: boolean;
}

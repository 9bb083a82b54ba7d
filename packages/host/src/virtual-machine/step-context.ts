import type { MachineEvent } from './machine-input.ts';

/** What a step knows beside its state and input, and whom it tells. */
export interface StepContext {
  readonly nowMs: number;
  /** Something that people should read of happened. */
  tell(level: MachineEvent['level'], reason: string, message: string): void;
}

import type { MachineSelection, ValueReader } from '@godwit/kinds';

export type { MachineSelection, ValueQuery, ValueSample } from '@godwit/kinds';

/** What one machine used, at the end of a window of time. */
export interface MachineSample {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly windowMs: number;
  /** Containers by name; a virtual machine has one. */
  readonly parts: readonly { readonly name: string; readonly cpuCores: number; readonly memoryBytes: number }[];
}

/** Where autoscalers get their numbers. Both throw when there is none, with a message for people. */
export interface MetricsSource {
  machines(selection: MachineSelection, signal: AbortSignal): Promise<readonly MachineSample[]>;
  readonly values: ValueReader;
}

import type { MachineName } from '../machinery/index.ts';

/** How the API asks a host what it and its machines use. Made by the host's sampler. */
export interface UsageAccess {
  usage(): Promise<HostUsage>;
}

/** What one host and its machines used in the last seconds. */
export interface HostUsage {
  /** End of the time that was looked at, in milliseconds since the epoch; absent before the second sample. */
  readonly host?: MeasuredUsage;
  /** Machines of which two samples are known at least. */
  readonly machines: readonly MachineUsage[];
}

export interface MachineUsage {
  readonly machine: MachineName;
  /** Containers by name; a virtual machine has the one part `compute`. */
  readonly parts: readonly PartUsage[];
}

export interface PartUsage extends MeasuredUsage {
  readonly name: string;
}

/** Mean use over a window of time that ends at `atMs`. */
export interface MeasuredUsage {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
  /** Processors that were busy, in cores. */
  readonly cpuCores: number;
  /** Memory that cannot be given back at once, in bytes, at the end of the window. */
  readonly memoryBytes: number;
}

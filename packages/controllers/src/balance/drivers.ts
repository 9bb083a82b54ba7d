import type { Machine } from '../scheduler/schedulable-machine.ts';

/** Carries machines to other hosts while they run. */
export interface Mover {
  /** Begins a move; resolves once it is under way. A machine that is told twice moves once. */
  move(machine: Machine, to: string): Promise<void>;
}

/** Switches hosts off and on: a BMC, wake-on-LAN, the simulator. Every call may be repeated. */
export interface PowerDriver {
  /** What the host's power is, as far as the driver can tell. */
  state(host: string): Promise<'on' | 'off' | 'unknown'>;
  wake(host: string): Promise<void>;
  /** Only asked for hosts on which nothing runs. */
  sleep(host: string): Promise<void>;
}

/** Gives machines another size while they run. */
export interface Resizer {
  /** Processor time in thousandths of a core, memory in bytes; what is absent stays. */
  resize(machine: Machine, size: { readonly cpu?: number; readonly memory?: number }): Promise<void>;
}

/** What plans are carried out with. Without a driver a plan is advice, whatever the policy's mode. */
export interface BalanceDrivers {
  readonly mover?: Mover;
  readonly power?: PowerDriver;
  readonly resizer?: Resizer;
}

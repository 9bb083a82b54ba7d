import type { ActionRecord } from '@godwit/planner';
import type { Machine } from '../scheduler/schedulable-machine.ts';

/** Why a machine is moved. */
export type MoveRecord = Extract<ActionRecord, { readonly do: 'move' }>;

/** Carries machines to other hosts while they run. */
export interface Mover {
  /**
   * Begins a move; resolves once it is under way. A machine that is told twice moves once.
   * @param record why: it is to stand in the write that begins the move
   */
  move(machine: Machine, to: string, record: MoveRecord): Promise<void>;
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
  /**
   * @param size processor time in thousandths of a core, memory in bytes; what is absent stays
   * @param record why: it is to stand beside the size
   * @returns whether it was resized: some are left to people
   */
  resize(
    machine: Machine,
    size: { readonly cpu?: number; readonly memory?: number },
    record: ActionRecord,
  ): Promise<boolean>;
}

/** What plans are carried out with. Without a driver a plan is advice, whatever the policy's mode. */
export interface BalanceDrivers {
  readonly mover?: Mover;
  readonly power?: PowerDriver;
  readonly resizer?: Resizer;
}

import type { Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { GuestEvent, GuestView, LaunchInterface, PreparedMachine } from '../hypervisor-driver.ts';
import type { MachineAction } from '../machine/index.ts';
import type { AgentFacts, ProbeType, Stage } from './machine-state.ts';
import type { HostedStatus } from './machine-status.ts';

/** What a guest has of processors, and of memory. */
export type GuestSockets = Pick<GuestView, 'sockets' | 'pluggedSockets'>;
export type GuestMemory = Pick<GuestView, 'memoryBytes' | 'balloonBytes'>;

/** What a virtual machine's loop hears. */
export type MachineInput =
  | { readonly type: 'machine'; readonly machine: Stored<VirtualMachineInstance> }
  | { readonly type: 'absent' }
  /** The host stops everything: the machine's own grace period holds, but it is no longer than this. */
  | { readonly type: 'shutdown'; readonly graceMs: number }
  /** After a restart of the program: what the record says, and what of the machine runs. */
  | {
      readonly type: 'adopted';
      readonly view: GuestView | undefined;
      readonly stage: Stage;
      readonly interfaces: readonly LaunchInterface[] | undefined;
      /** The host has been started anew since: nothing can run, and nothing failed by itself. */
      readonly rebooted: boolean;
    }
  | { readonly type: 'prepared'; readonly prepared: PreparedMachine }
  | { readonly type: 'attached'; readonly interfaces: readonly LaunchInterface[] }
  | { readonly type: 'detached' }
  | { readonly type: 'launched'; readonly view: GuestView }
  | { readonly type: 'guest'; readonly event: GuestEvent }
  | { readonly type: 'rebooting' }
  | { readonly type: 'restarted' }
  | { readonly type: 'drained' }
  | { readonly type: 'pressed' }
  | { readonly type: 'cleaned' }
  | { readonly type: 'sockets-set'; readonly has: GuestSockets }
  /** So much is plugged now, and the balloon was asked to leave so much. */
  | { readonly type: 'memory-set'; readonly memoryBytes: number; readonly askedBytes: number }
  | { readonly type: 'memory-seen'; readonly news: number; readonly has: GuestMemory }
  | { readonly type: 'agent-facts'; readonly facts: AgentFacts }
  | { readonly type: 'credentials-given' }
  | { readonly type: 'processors-used'; readonly sockets: number }
  | { readonly type: 'probed'; readonly probe: ProbeType; readonly ok: boolean; readonly message: string }
  | { readonly type: 'status-written'; readonly status: HostedStatus }
  | { readonly type: 'released' }
  /** An action threw. `reason` is one word for people. */
  | {
      readonly type: 'failed';
      readonly action: VirtualMachineAction;
      readonly code: string;
      readonly message: string;
    };

/** What a virtual machine's loop wants done. */
export type VirtualMachineAction = MachineAction &
  (
    | { readonly type: 'prepare' }
    | { readonly type: 'attach' }
    | { readonly type: 'detach' }
    | { readonly type: 'launch'; readonly prepared: PreparedMachine; readonly interfaces: readonly LaunchInterface[] }
    | { readonly type: 'restart' }
    | { readonly type: 'set-sockets'; readonly sockets: number }
    | ({ readonly type: 'set-memory' } & GuestMemory)
    | { readonly type: 'look-at-memory'; readonly news: number }
    | { readonly type: 'drain'; readonly timeoutMs: number }
    | { readonly type: 'press'; readonly resume: boolean }
    | { readonly type: 'clean' }
    | { readonly type: 'ask-agent' }
    | { readonly type: 'give-credentials' }
    | { readonly type: 'use-processors'; readonly sockets: number }
    | { readonly type: 'probe'; readonly probe: ProbeType; readonly timeoutMs: number }
    | { readonly type: 'write-status'; readonly status: HostedStatus }
    | { readonly type: 'release' }
    | { readonly type: 'event'; readonly event: MachineEvent }
  );

export interface MachineEvent {
  readonly level: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

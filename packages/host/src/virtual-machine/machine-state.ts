import type { Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { GuestView, LaunchInterface, PreparedMachine } from '../hypervisor-driver.ts';
import type { Ballooning } from './ballooning.ts';
import type { HostedStatus } from './machine-status.ts';

export type Stage =
  /** An earlier process left a record: what of the machine runs is being found out. */
  | 'adopting'
  /** Disks are laid out and the port is attached. */
  | 'preparing'
  | 'launching'
  /** The process runs; whether the guest does stands in `view`. */
  | 'running'
  /** Out of services, then the power button, until it is off or patience ends. */
  | 'stopping'
  /** The process is ended, disks and port are taken away. */
  | 'cleaning'
  /** Nothing is left here but what the API has to be told. */
  | 'ended';

/** All that a virtual machine's loop knows. Immutable; every step makes a new one. */
export interface MachineState {
  readonly uid: string;
  readonly stage: Stage;
  /** The object as the API has it; absent while only remains are known, after a restart. */
  readonly machine?: Stored<VirtualMachineInstance> | undefined;
  readonly prepared?: PreparedMachine | undefined;
  /** Absent: not attached (any more). */
  readonly interfaces?: readonly LaunchInterface[] | undefined;
  readonly view?: GuestView | undefined;
  /** It is to have less memory than it has. */
  readonly ballooning?: Ballooning | undefined;
  /** What the balloon was last asked to leave to the guest, in bytes. */
  readonly askedBytes?: number | undefined;
  /** How often the guest's memory is known to have changed, and up to which change it was looked at. */
  readonly memoryNews: number;
  readonly memorySeen: number;
  /** Why the guest stands still, where it does. */
  readonly runMessage?: string | undefined;
  readonly stop?: MachineStop | undefined;
  /** How its life ended; set before the stage `cleaning`. */
  readonly outcome?: Outcome | undefined;
  /** The process is gone and its disks are removed. */
  readonly cleaned: boolean;
  /** Its port is gone: also one that came late, or whose coming was told as a failure. */
  readonly detached: boolean;
  /** A soft reboot is under way: when the guest is off it is started again. */
  readonly rebooting: boolean;
  readonly agent: AgentState;
  readonly probes: Readonly<Partial<Record<ProbeType, ProbeCount>>>;
  /** What failed and is tried again later, by lane. */
  readonly retries: Readonly<Record<string, Retry>>;
  /** Conditions as last computed, for their transition times. */
  readonly conditions: readonly KnownCondition[];
  /** When each phase was entered, in milliseconds since the epoch. */
  readonly phaseTimes: readonly (readonly [phase: string, atMs: number])[];
  /** The status that the API has from us. */
  readonly writtenStatus?: HostedStatus | undefined;
  /** The finalizer is off. */
  readonly released: boolean;
  /** The API has no such object any more. */
  readonly absent: boolean;
  /** This host stops everything: nobody will tell us any more what becomes of the object. */
  readonly hostEnds: boolean;
}

export type StopReason =
  /** The object carries a deletion mark. */
  | 'deleted'
  /** The API has no such object (any more). */
  | 'absent'
  /** This host stops its machines; the object stays. */
  | 'shutdown'
  /** The liveness probe failed. */
  | 'liveness';

export interface MachineStop {
  readonly reason: StopReason;
  readonly sinceMs: number;
  /** When a guest that is still on loses its power. */
  readonly deadlineMs: number;
  /** Out of all services, with no connection left. */
  readonly drained: boolean;
  /** When the power button was last pressed. */
  readonly pressedAtMs?: number;
}

export interface Outcome {
  readonly phase: 'Succeeded' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

export interface AgentState {
  readonly connected: boolean;
  /** When it is asked next, in milliseconds since the epoch. */
  readonly askAtMs: number;
  readonly facts?: AgentFacts | undefined;
  /** It has been given the keys and passwords that the spec names, since it is there. */
  readonly hasCredentials?: boolean;
  /** Of how many sockets it has switched the processors on, and those of others off, since it is there. */
  readonly usesSockets?: number | undefined;
}

/** What the guest agent told last. */
export interface AgentFacts {
  readonly operatingSystem: Readonly<Record<string, string>>;
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly addresses: readonly string[];
  }[];
  readonly frozen: boolean;
}

export type ProbeType = 'readiness' | 'liveness';
export const probeTypes: readonly ProbeType[] = ['readiness', 'liveness'];

export interface ProbeCount {
  readonly nextAtMs: number;
  readonly successes: number;
  readonly failures: number;
  /** What the last tries came to; undefined before enough of them. */
  readonly passing?: boolean | undefined;
  readonly message: string;
}

export interface Retry {
  readonly atMs: number;
  readonly delayMs: number;
  readonly failedAtMs: number;
  /** One word for people, such as `ErrImagePull`. */
  readonly reason: string;
  readonly message: string;
}

export interface KnownCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime: string;
}

export function initialMachineState(uid: string): MachineState {
  return {
    uid,
    stage: 'preparing',
    cleaned: false,
    detached: false,
    rebooting: false,
    memoryNews: 0,
    memorySeen: 0,
    agent: { connected: false, askAtMs: 0 },
    probes: {},
    retries: {},
    conditions: [],
    phaseTimes: [],
    released: false,
    absent: false,
    hostEnds: false,
  };
}

export function withoutRetry(state: MachineState, lane: string): MachineState {
  if (!(lane in state.retries)) return state;
  const { [lane]: _, ...retries } = state.retries;
  return { ...state, retries };
}

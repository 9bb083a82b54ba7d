import type { Pod, PodCondition, Stored } from '@godwit/kinds';
import type { WrittenStatus } from './pod-status.ts';

/**
 * All that the pod's machine knows. Immutable; every step makes a new one.
 *
 * A pod goes: network and volumes → init containers in order → containers → (end: drain → hooks and
 * signals → remove → unmount, detach → report). A container goes:
 *
 *     waiting ──start──▶ running ──exit──▶ exited ──policy says again──▶ waiting (attempt + 1, back-off)
 */
export interface PodState {
  readonly uid: string;
  /** Addresses of this host. */
  readonly hostIps: readonly string[];
  /** Absent while only remains of the pod are known, after a restart. */
  readonly pod?: Stored<Pod> | undefined;
  /**
   * The API has spoken of it in this life of the program. Before, nothing new is started: the pod may be gone
   * and its address another machine's.
   */
  readonly confirmed: boolean;
  readonly startTimeMs?: number;
  /** The API says that it has ended, and nothing here knows better: it is never run again. */
  readonly ended?: 'Succeeded' | 'Failed' | undefined;
  /** Set once the pod must end; nothing is started any more. */
  readonly end?: PodEnd | undefined;
  readonly network: Sandbox;
  readonly volumes: Volumes;
  /** Counts the changes of ConfigMaps, Secrets and labels that volumes show. */
  readonly configurationVersion: number;
  /** Conditions as last computed, for their transition times. */
  readonly conditions?: readonly PodCondition[];
  /** When its use of disk space was last looked at. */
  readonly measuredAtMs?: number;
  /** Out of all services, with no connection left. */
  readonly drained: boolean;
  readonly containers: Readonly<Record<string, ContainerRun>>;
  /** Ids of containers of past attempts that wait to be removed. */
  readonly leftovers: readonly string[];
  /** What failed and is tried again later, by lane. */
  readonly retries: Readonly<Record<string, Retry>>;
  /** The status that the API has from us. */
  readonly writtenStatus?: WrittenStatus;
  /** The object is gone from the API, or was told to go. */
  readonly reported: boolean;
}

export type EndReason =
  /** The object carries a deletion mark. */
  | 'deleted'
  /** The API has no such object (any more). */
  | 'absent'
  /** It broke a limit: the time it may be active, or its disk space. */
  | 'failed'
  /** This host stops its machines; the object stays. */
  | 'shutdown';

export interface PodEnd {
  readonly reason: EndReason;
  readonly sinceMs: number;
  /** When processes that still run are killed. */
  readonly deadlineMs: number;
  /** Why it failed, where it did. */
  readonly words?: EndWords | undefined;
}

export interface EndWords {
  readonly reason: string;
  readonly message: string;
}

export type Sandbox =
  | { readonly type: 'none' }
  | { readonly type: 'attached'; readonly namespacePath: string }
  | { readonly type: 'detached' };

export type Volumes =
  | { readonly type: 'none' }
  /** `paths`: folder of the host by volume name. `version`: of the configuration that is in them. */
  | {
      readonly type: 'mounted';
      readonly paths: Readonly<Record<string, string>>;
      readonly version: number;
      readonly renewAtMs?: number | undefined;
    }
  | { readonly type: 'removed' };

export interface Retry {
  readonly atMs: number;
  readonly delayMs: number;
  readonly failedAtMs: number;
  /** One word for people, such as `ErrImagePull`. */
  readonly reason: string;
  readonly message: string;
}

export type ProbeType = 'liveness' | 'readiness' | 'startup';
export const probeTypes: readonly ProbeType[] = ['startup', 'liveness', 'readiness'];

export interface ProbeRun {
  readonly nextAtMs: number;
  readonly successes: number;
  readonly failures: number;
}

export interface ContainerRun {
  readonly phase: 'waiting' | 'running' | 'exited';
  /** Number of this run, from 0: the restart count. */
  readonly attempt: number;
  readonly id?: string;
  readonly image?: RunImage;
  /** Resources that it was given, as text of the spec's. */
  readonly resources?: string;
  readonly startedAtMs?: number;
  /** How this run ended. */
  readonly exit?: ContainerExit;
  /** How the run before it ended. */
  readonly last?: ContainerExit;
  /** Not started before. */
  readonly notBeforeMs: number;
  /** Wait before the next restart, in milliseconds; 0: at once. */
  readonly backOffMs: number;
  readonly postStart: 'pending' | 'done';
  /** Passed its start-up probe. */
  readonly started: boolean;
  readonly ready: boolean;
  readonly probes: Readonly<Partial<Record<ProbeType, ProbeRun>>>;
  readonly stop?: ContainerStop | undefined;
  /** The driver said that it ended: look. */
  readonly look: boolean;
  /** Nothing of it is left in the engine. */
  readonly removed: boolean;
}

export interface RunImage {
  /** As the spec names it. */
  readonly name: string;
  readonly id: string;
  readonly reference: string;
  readonly stopSignal: string;
}

export interface ContainerExit {
  readonly containerId: string;
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAtMs?: number;
  readonly finishedAtMs: number;
  /** It ended because this host, not the container or its pod, was stopped. */
  readonly interrupted?: boolean;
}

export type StopReason = 'pod-end' | 'liveness' | 'startup' | 'post-start' | 'changed';

export interface ContainerStop {
  readonly reason: StopReason;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly preStop: 'pending' | 'done';
  readonly signalled: boolean;
  readonly killedAtMs?: number | undefined;
}

export function initialPodState(uid: string, hostIps: readonly string[]): PodState {
  return {
    uid,
    hostIps,
    confirmed: false,
    network: { type: 'none' },
    volumes: { type: 'none' },
    configurationVersion: 0,
    drained: false,
    containers: {},
    leftovers: [],
    retries: {},
    reported: false,
  };
}

export const freshRun: ContainerRun = {
  phase: 'waiting',
  attempt: 0,
  notBeforeMs: 0,
  backOffMs: 0,
  postStart: 'pending',
  started: false,
  ready: false,
  probes: {},
  look: false,
  removed: false,
};

export function runOf(state: PodState, name: string): ContainerRun {
  return state.containers[name] ?? freshRun;
}

/** The state with some facts of one container changed. */
export function withRun(state: PodState, name: string, change: Partial<ContainerRun>): PodState {
  return { ...state, containers: { ...state.containers, [name]: { ...runOf(state, name), ...change } } };
}

export function withoutRetry(state: PodState, lane: string): PodState {
  if (!(lane in state.retries)) return state;
  const { [lane]: _, ...retries } = state.retries;
  return { ...state, retries };
}

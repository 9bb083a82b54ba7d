import type { Pod, Stored } from '@godwit/kinds';
import type { ContainerFacts } from '../container-driver.ts';
import type { MachineAction } from '../machine/index.ts';
import type { ProbeType, RunImage } from './pod-state.ts';
import type { WrittenStatus } from './pod-status.ts';

/** What a pod's machine hears. */
export type PodInput =
  | { readonly type: 'pod'; readonly pod: Stored<Pod> }
  | { readonly type: 'absent' }
  | { readonly type: 'shutdown'; readonly graceMs: number }
  /** After a restart of the program: what of this pod exists. */
  | { readonly type: 'adopted'; readonly containers: readonly ContainerFacts[] }
  /** A ConfigMap or Secret that the pod mentions changed. */
  | { readonly type: 'configuration-changed' }
  | { readonly type: 'exit-noticed'; readonly id: string }
  | { readonly type: 'attached'; readonly namespacePath: string }
  | { readonly type: 'detached' }
  | {
      readonly type: 'mounted';
      readonly paths: Readonly<Record<string, string>>;
      readonly version: number;
      readonly renewAtMs?: number | undefined;
    }
  | { readonly type: 'volumes-removed' }
  | { readonly type: 'started'; readonly container: string; readonly run: StartedRun }
  | {
      readonly type: 'inspected';
      readonly container: string;
      readonly attempt: number;
      /** Absent: the engine has no such container. */
      readonly facts?: ContainerFacts | undefined;
      readonly message?: string | undefined;
    }
  | { readonly type: 'signalled'; readonly container: string; readonly attempt: number; readonly killed: boolean }
  | { readonly type: 'resized'; readonly container: string; readonly attempt: number; readonly resources: string }
  | { readonly type: 'removed'; readonly container: string; readonly attempt: number }
  | {
      readonly type: 'hooked';
      readonly container: string;
      readonly attempt: number;
      readonly hook: Hook;
      readonly ok: boolean;
    }
  | {
      readonly type: 'probed';
      readonly container: string;
      readonly attempt: number;
      readonly probe: ProbeType;
      readonly ok: boolean;
    }
  /** `excess`: how the pod uses more disk space than it may, in words. */
  | { readonly type: 'measured'; readonly excess?: string | undefined }
  | { readonly type: 'drained' }
  | { readonly type: 'leftovers-removed'; readonly ids: readonly string[] }
  | { readonly type: 'status-written'; readonly status: WrittenStatus }
  | { readonly type: 'reported' }
  /** An action threw. `reason` is one word for people, `kind` says what to do about it. */
  | {
      readonly type: 'failed';
      readonly lane: string;
      readonly action: PodAction;
      readonly reason: string;
      readonly message: string;
      /** The program of a container could not be run: counts as an exit. */
      readonly startError: boolean;
    };

export type Hook = 'postStart' | 'preStop';

export interface StartedRun {
  readonly attempt: number;
  readonly id: string;
  readonly image: RunImage;
  readonly startedAtMs: number;
  /** Its end has been noticed already. */
  readonly ended: boolean;
}

export type ProbeAction = Extract<PodAction, { type: 'probe' }>;

interface OfContainer {
  readonly container: string;
  readonly attempt: number;
  readonly id: string;
}

/** What a pod's machine wants done. */
export type PodAction = MachineAction &
  (
    | { readonly type: 'attach' }
    | { readonly type: 'detach' }
    | { readonly type: 'mount'; readonly version: number }
    /** `keep`: what is on disk stays, for the next start of this host. */
    | { readonly type: 'remove-volumes'; readonly keep: boolean }
    | {
        readonly type: 'start';
        readonly container: string;
        readonly attempt: number;
        readonly namespacePath: string;
        readonly paths: Readonly<Record<string, string>>;
        /** Container whose processes it shares. */
        readonly processNamespaceOf?: string | undefined;
      }
    | ({ readonly type: 'inspect' } & OfContainer)
    | ({ readonly type: 'resize'; readonly resources: string } & OfContainer)
    | ({ readonly type: 'signal'; readonly signal: string } & OfContainer)
    | {
        readonly type: 'remove';
        readonly container: string;
        readonly attempt: number;
        readonly id?: string | undefined;
      }
    | ({ readonly type: 'hook'; readonly hook: Hook } & OfContainer)
    | ({ readonly type: 'probe'; readonly probe: ProbeType; readonly timeoutMs: number } & OfContainer)
    | { readonly type: 'measure' }
    | { readonly type: 'drain'; readonly timeoutMs: number }
    | { readonly type: 'remove-leftovers'; readonly ids: readonly string[] }
    | { readonly type: 'write-status'; readonly status: WrittenStatus }
    | { readonly type: 'report-gone' }
    | { readonly type: 'event'; readonly event: PodEvent }
  );

export interface PodEvent {
  readonly level: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly container?: string;
}

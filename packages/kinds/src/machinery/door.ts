import type { ByteChannel } from '@godwit/base';
import type { KubeObject, Stored } from './object-meta.ts';
import type { Status } from './status.ts';

/** Which resource, and which object of it. `group` is empty for the core group. */
export interface Address {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** What may be said with a write. `dryRun` goes the whole way and stops before storing. */
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export interface DeleteOptions {
  readonly dryRun?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** The four patch types of Kubernetes: RFC 6902, RFC 7386, strategic merge, server-side apply. */
export type Patch =
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: unknown }
  | { readonly type: 'strategic'; readonly body: unknown }
  | { readonly type: 'apply'; readonly body: unknown; readonly force?: boolean };

export interface Selection {
  /** Such as `app=web,tier in (a, b),!canary`. */
  readonly labelSelector?: string;
  /** Such as `spec.nodeName=host-1,metadata.name!=x`. */
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface WatchOptions extends Selection {
  /** Events after this version; absent or "0": current objects first, as ADDED events. */
  readonly resourceVersion?: string;
  readonly allowWatchBookmarks?: boolean;
  /** Current objects first, closed by a bookmark annotated `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

export interface ObjectList<T extends KubeObject = KubeObject> {
  readonly items: readonly Stored<T>[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<T> }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: Status };

/** What a deletion did: the object is gone, or has been marked and waits for finalizers or its end. */
export type DeleteResult =
  | { readonly deleted: true; readonly status: Status }
  | { readonly deleted: false; readonly object: Stored<KubeObject> };

/**
 * The way into the API as one user, over any transport: in process without serialisation, or HTTP.
 * Every method throws `StatusFailure`. Objects given and received are immutable.
 */
export interface Door {
  get(address: Address): Promise<Stored<KubeObject>>;
  list(address: Address, options?: ListOptions): Promise<ObjectList>;
  /** Ends when `signal` is aborted or the server closes; an expired version throws `Expired`. */
  watch(address: Address, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** With a subresource in the address (`binding`, `eviction`, …) creates that. */
  create(address: Address, object: unknown, options?: WriteOptions): Promise<Stored<KubeObject>>;
  update(address: Address, object: unknown, options?: WriteOptions): Promise<Stored<KubeObject>>;
  patch(address: Address, patch: Patch, options?: WriteOptions): Promise<Stored<KubeObject>>;
  delete(address: Address, options?: DeleteOptions): Promise<DeleteResult>;
  deleteCollection(address: Address, selection: ListOptions, options?: DeleteOptions): Promise<ObjectList>;
}

/** What a stream to a machine is for. Names and numbers are those of the Kubernetes and KubeVirt APIs. */
export type StreamRequest =
  | {
      readonly type: 'exec';
      readonly container?: string;
      readonly command: readonly string[];
      readonly stdin: boolean;
      readonly stdout: boolean;
      readonly stderr: boolean;
      readonly tty: boolean;
    }
  | {
      readonly type: 'attach';
      readonly container?: string;
      readonly stdin: boolean;
      readonly stdout: boolean;
      readonly stderr: boolean;
      readonly tty: boolean;
    }
  | {
      readonly type: 'logs';
      readonly container?: string;
      readonly follow: boolean;
      readonly previous: boolean;
      readonly timestamps: boolean;
      readonly tailLines?: number;
      readonly sinceSeconds?: number;
      readonly sinceTime?: string;
      readonly limitBytes?: number;
    }
  | { readonly type: 'port-forward'; readonly port: number }
  | { readonly type: 'console' }
  | { readonly type: 'vnc' }
  | { readonly type: 'vnc-screenshot' };

/** How a session with a process ended. */
export interface ExitStatus {
  readonly exitCode: number;
  /** Why it could not be started or broke, in words; absent when the process ran and ended. */
  readonly message?: string;
}

/** An open stream. Logs, forwards, consoles and screens have only `main`; sessions have the rest too. */
export interface MachineStream {
  /** stdin and stdout, or the only bytes there are. */
  readonly main: ByteChannel;
  readonly stderr?: AsyncIterable<Uint8Array>;
  /** Resolves when the process has ended. */
  readonly exit?: Promise<ExitStatus>;
  resize?(columns: number, rows: number): Promise<void>;
}

/** One-shot orders to a running machine that change no spec. */
export type MachineOrder =
  | 'pause'
  | 'unpause'
  | 'soft-reboot'
  | 'reset'
  | 'freeze'
  | 'unfreeze'
  | 'guest-info'
  | 'filesystem-list'
  | 'user-list';

/** The machines of a host, as the API reaches them for streams and orders. Made by the host's agent. */
export interface MachineAccess {
  /** Throws `StatusFailure`: `NotFound` for a machine or container that is not here, `BadRequest`, … */
  stream(machine: MachineName, request: StreamRequest, signal: AbortSignal): Promise<MachineStream>;
  /** Returns what the order has to tell: an object for the `-info` and `-list` orders, else nothing. */
  order(machine: MachineName, order: MachineOrder): Promise<unknown>;
}

export interface MachineName {
  readonly kind: 'Pod' | 'VirtualMachineInstance';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

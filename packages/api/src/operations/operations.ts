import type {
  Address,
  DeleteOptions,
  Door,
  KindDefinition,
  ListOptions,
  MachineStream,
  Patch,
  Status,
  StreamRequest,
  WatchOptions,
  WriteOptions,
} from '@godwit/kinds';
import type { TokenClaims } from '../authentication/token-issuer.ts';
import type { User } from '../authorization/user.ts';
import type { Document } from '../documents/document.ts';
import type { KindRegistry } from './kind-registry.ts';
import type { MetricNames, MetricSelectors } from './metric-values/index.ts';

/**
 * The lower floor of the door: a verb, an address, a user and an object go in, a document or a stream of
 * documents comes out. Every method authorises, and throws `StatusFailure` for whatever it refuses. What
 * is HTTP (paths, headers, tables, encodings) is the upper floor's business.
 */
export interface Operations {
  /** The way in for parts of this process: objects shared by reference, nothing serialised. */
  as(user: User, agent?: string): Door;

  /** Every kind that is served, with lookups. Discovery and OpenAPI are made from it. */
  readonly kinds: KindRegistry;

  get(caller: Caller, address: Address): Promise<Document>;
  list(caller: Caller, address: Address, options?: ListOptions): Promise<DocumentList>;
  /** Refusals reject the promise; `Expired` may also be thrown later, while iterating. */
  watch(caller: Caller, address: Address, options: WatchOptions, signal: AbortSignal): Promise<DocumentWatch>;
  create(caller: Caller, address: Address, object: unknown, options?: DocumentWriteOptions): Promise<Written>;
  /** With `Written.created` when the object did not exist (only leases and other kinds that allow it). */
  update(caller: Caller, address: Address, object: unknown, options?: DocumentWriteOptions): Promise<Written>;
  /** Server-side apply may create: then `Written.created` is true. */
  patch(caller: Caller, address: Address, patch: Patch, options?: DocumentWriteOptions): Promise<Written>;
  delete(caller: Caller, address: Address, options?: DeleteOptions): Promise<Deleted>;
  /** Answers with the objects that were deleted or marked. */
  deleteCollection(
    caller: Caller,
    address: Address,
    selection: ListOptions,
    options?: DeleteOptions,
  ): Promise<DocumentList>;

  /**
   * exec, attach, log, portforward (Pods), console, vnc (VirtualMachineInstances; also under the group
   * `subresources.kubevirt.io`). `verb` is what the HTTP method stands for: GET `get`, POST `create`.
   */
  stream(
    caller: Caller,
    address: Address,
    verb: 'get' | 'create',
    request: StreamRequest,
    signal: AbortSignal,
  ): Promise<MachineStream>;
  /**
   * Orders under `subresources.kubevirt.io/v1`: start, stop, restart, pause, unpause, softreboot, reset,
   * freeze, unfreeze, addvolume, removevolume (verb `update`), guestosinfo, filesystemlist, userlist (verb
   * `get`). Answers what the order tells, or undefined: KubeVirt then answers 202 without a body.
   */
  act(caller: Caller, address: Address, verb: 'get' | 'update', body: unknown): Promise<unknown>;

  /**
   * Fills a DataVolume that waits for an upload (`datavolumes/upload`, verb `update`). Resolves with the DataVolume
   * when the bytes are its disk.
   */
  upload(caller: Caller, address: Address, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Document>;

  /**
   * What a metric of `custom.metrics.k8s.io` or `external.metrics.k8s.io` is now: a `MetricValueList` or an
   * `ExternalMetricValueList`. `NotFound` where there is no such metric, `ServiceUnavailable` where it cannot be read now.
   */
  metricValues(caller: Caller, address: Address, selectors: MetricSelectors, signal: AbortSignal): Promise<object>;
  /** The metrics that there are, for discovery; undefined where those groups are not served. */
  metricNames(): Promise<MetricNames | undefined>;

  /** Throws `Forbidden` unless the user may do `verb` (`get`, `post`, …) on a path such as `/metrics`. */
  authorizePath(caller: Caller, verb: string, path: string): void;

  /** Whether the account of a token, and what it is bound to, still exist: for `createAuthenticator`. */
  tokenHolds(claims: TokenClaims): Promise<boolean>;

  /** The newest revision that reads show. */
  readonly revision: number;
  /** Ends all watches; the store stays open. */
  close(): Promise<void>;
}

/** Who asks, and how to tell them more than the answer. */
export interface Caller {
  readonly user: User;
  /** Field manager when the request names none: the user agent up to its first slash. */
  readonly agent?: string;
  /** Receives what HTTP sends as `Warning` headers. */
  readonly warn?: (text: string) => void;
}

export interface DocumentWriteOptions extends WriteOptions {
  /**
   * Paths of fields that the request's text names more than once, from `duplicateFields(text)`; refused or
   * warned of as `fieldValidation` says.
   */
  readonly duplicateFields?: readonly string[];
}

/** What a write left behind. Under dry run, what it would have left. */
export interface Written {
  readonly document: Document;
  /** True when the object did not exist before: 201 instead of 200. */
  readonly created: boolean;
}

export type Deleted =
  /** It is gone. `document` is what was there; Kubernetes answers `status` for most kinds. */
  | { readonly deleted: true; readonly status: Status; readonly document: Document }
  /** It has been marked and waits for finalizers or its grace period. */
  | { readonly deleted: false; readonly document: Document };

export interface DocumentList {
  readonly kind: KindDefinition;
  readonly documents: readonly Document[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/**
 * One change as one watcher sees it. Watchers that see the same change share the event, so that what is
 * made from it is made once.
 */
export interface DocumentEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** For bookmarks a document that holds no more than its version (and the initial-events-end mark). */
  readonly document: Document;
  /** `{"type":…,"object":…}` and a line feed, in UTF-8: made once. */
  readonly line: Uint8Array;
  /** Another form of this event, such as a Table row: made once for each `form`. */
  memo<T>(form: string, make: (event: DocumentEvent) => T): T;
}

/** Iterate it, or after each event take all that wait with `drain` to write them in one go. */
export interface DocumentWatch extends AsyncIterable<DocumentEvent> {
  readonly kind: KindDefinition;
  /** Everything that is queued now, without waiting. */
  drain(): readonly DocumentEvent[];
}

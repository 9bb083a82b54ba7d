import type { Cache } from '@godwit/client';
import type { KubeObject } from '@godwit/kinds';

/** How a reconciliation ended. Throwing instead means: try again, waiting longer each time. */
export type Outcome =
  /** As it should be. */
  | { readonly type: 'done' }
  /** Look again in `delayMs`, because of `why`. */
  | { readonly type: 'after'; readonly delayMs: number; readonly why: string }
  /** Nothing to do until `on` changes, which will wake this name; `why` is for people. */
  | { readonly type: 'blocked'; readonly on: string; readonly why: string };

export const done: Outcome = { type: 'done' };
export const after = (delayMs: number, why: string): Outcome => ({ type: 'after', delayMs, why });
export const blocked = (on: string, why: string): Outcome => ({ type: 'blocked', on, why });

/**
 * Makes one kind of thing as its spec says. `name` is `namespace/name`, or `name` for cluster scope: what
 * woke it is not told, on purpose. Inside: `observe` reads caches, `decide` is pure, `act` is idempotent
 * and guarded by resourceVersion.
 */
export interface Reconciler {
  /** Kebab-case, unique: shows up in logs, metrics and `godwit status`. */
  readonly name: string;
  /** Which changes wake it: every event of `kind` adds the names that `names` answers. */
  readonly wakes: readonly Wake[];
  /** Every known name is also visited this often. Defaults to 5 minutes. */
  readonly rescanMs?: number;
  /** How many names are worked on at once. Defaults to 4. */
  readonly workers?: number;
  reconcile(name: string, signal: AbortSignal): Promise<Outcome>;
}

/** A cache whose changes wake a reconciler. */
export interface Wake<T extends KubeObject = KubeObject> {
  readonly cache: Cache<T>;
  /** Names to look at because of this object; both the object before and after a change are asked. */
  readonly names: (object: T) => readonly string[];
}

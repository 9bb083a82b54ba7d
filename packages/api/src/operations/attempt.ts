import { hasCode } from '@godwit/base';
import type { Address, Draft, KindDefinition, KubeObject } from '@godwit/kinds';
import type { Write } from '@godwit/store';
import type { AdmissionRequest } from '../admission/admitter.ts';
import { type Engine, storeFailure } from './engine.ts';
import type { Caller } from './operations.ts';

/** What was met when a batch could not be written because something had changed. */
export interface BatchConflict {
  /** Key that did not stand where it was expected. */
  readonly key: string | undefined;
}

export interface AttemptSubject {
  readonly operation: AdmissionRequest['operation'];
  readonly address: Address;
  readonly kind: KindDefinition;
  readonly object: Draft<KubeObject>;
  readonly old?: KubeObject;
}

/** One try at a write: what admission says about it, and all that goes into its batch. */
export class Attempt {
  readonly #engine: Engine;
  readonly #caller: Caller;
  readonly #dryRun: boolean;
  readonly #writes: Write[] = [];
  readonly #onEnd: ((written: boolean) => void)[] = [];
  readonly #held = new Set<string>();

  constructor(engine: Engine, caller: Caller, dryRun: boolean) {
    this.#engine = engine;
    this.#caller = caller;
    this.#dryRun = dryRun;
  }

  /** Lets the gates see a new object before its defaults. */
  prepare(subject: AttemptSubject): void {
    const request = this.#request(subject);
    for (const admitter of this.#engine.admitters) admitter.prepare?.(request);
  }

  /** Passes the write through all gates; they may change the object and add writes. */
  async admit(subject: AttemptSubject): Promise<void> {
    const request = this.#request(subject);
    for (const admitter of this.#engine.admitters) {
      const pending = admitter.admit?.(request);
      if (pending) await pending;
    }
  }

  /** Gives back what the object held, in the batch of its final deletion. */
  async release(subject: AttemptSubject): Promise<void> {
    const request = this.#request(subject);
    for (const admitter of this.#engine.admitters) {
      const pending = admitter.release?.(request);
      if (pending) await pending;
    }
  }

  #request(subject: AttemptSubject): AdmissionRequest {
    return {
      ...subject,
      user: this.#caller.user,
      dryRun: this.#dryRun,
      warn: (text) => this.#caller.warn?.(text),
      append: (write) => this.append(write),
      pending: (key) => this.#writes.find((write) => write.key === key),
      hold: (name) => this.#hold(name),
      onEnd: (end) => this.#onEnd.push(end),
    };
  }

  /** Adds a write; a later one to the same key takes the place of an earlier one. */
  append(write: Write): void {
    const at = this.#writes.findIndex((other) => other.key === write.key);
    if (at < 0) this.#writes.push(write);
    else this.#writes[at] = write;
  }

  onEnd(end: (written: boolean) => void): void {
    this.#onEnd.push(end);
  }

  async #hold(name: string): Promise<void> {
    if (this.#held.has(name)) return;
    this.#held.add(name);
    this.onEnd(await this.#engine.locks.acquire(name));
  }

  /** Writes the batch; its revision, or what was in the way. Under dry run nothing is written. */
  async commit(): Promise<number | BatchConflict> {
    let written = false;
    try {
      if (this.#dryRun) return 0;
      const revision = await this.#engine.store.append(this.#writes);
      written = true;
      // What is decided next, by whoever, is decided by caches that show this write.
      const { feed } = this.#engine;
      if (feed.revision < revision) await feed.reached(revision);
      return revision;
    } catch (error) {
      if (!hasCode(error, 'conflict')) throw storeFailure(error);
      const { details } = error as { details?: { key?: unknown } };
      return { key: typeof details?.key === 'string' ? details.key : undefined };
    } finally {
      this.end(written);
    }
  }

  /** Tells everybody who holds something for this try that it is over. Safe to call twice. */
  end(written: boolean): void {
    for (const end of this.#onEnd.splice(0)) end(written);
  }
}

/** Tries that a write gets when others keep changing what it depends on. */
const TRIES = 12;

/**
 * Runs `work` until its batch is written. `work` answers the result, or undefined when it must be tried
 * again because something had changed meanwhile.
 */
export async function untilWritten<T>(
  engine: Engine,
  caller: Caller,
  dryRun: boolean,
  work: (attempt: Attempt, tries: number) => Promise<T | undefined>,
  gaveUp: () => Error,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    const attempt = new Attempt(engine, caller, dryRun);
    try {
      const result = await work(attempt, tries);
      if (result !== undefined) return result;
    } finally {
      attempt.end(false);
    }
    // What was in the way must be seen by the caches that the next try decides with.
    await engine.current();
  }
  throw gaveUp();
}

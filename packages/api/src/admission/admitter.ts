import type { Address, Draft, KindDefinition, KubeObject } from '@godwit/kinds';
import type { Write } from '@godwit/store';
import type { User } from '../authorization/user.ts';

/** A write on its way to the store, after defaulting and before validation. */
export interface AdmissionRequest {
  readonly operation: 'create' | 'update' | 'delete';
  readonly user: User;
  /** With namespace and name as they will be stored; `subresource` when the write came through one. */
  readonly address: Address;
  readonly kind: KindDefinition;
  /** What will be stored: a private copy, to be changed freely. On delete what is there. */
  readonly object: Draft<KubeObject>;
  /** What is stored now; absent on create. */
  readonly old?: KubeObject;
  readonly dryRun: boolean;
  readonly warn: (text: string) => void;
  /**
   * Adds a write to the batch that stores the object: all of it happens or nothing. When the batch meets a
   * conflict, the whole request is tried again from the start, admission included.
   */
  readonly append: (write: Write) => void;
  /** A write to that key which this batch already has. */
  readonly pending: (key: string) => Write | undefined;
  /** Waits until no other request of this process holds `name`, and holds it until this try has ended. */
  readonly hold: (name: string) => Promise<void>;
  /** Called once when this try has ended, with true when the batch was written. */
  readonly onEnd: (end: (written: boolean) => void) => void;
}

/** One gate on the way to the store. Throws `StatusFailure` to refuse. */
export interface Admitter {
  /** Kebab-case, unique. */
  readonly name: string;
  /** Called for new objects before their defaults are filled in, when only what their user said is there. */
  prepare?(request: AdmissionRequest): void;
  admit?(request: AdmissionRequest): void | Promise<void>;
  /** Called when the object really goes, at a deletion or when its last finalizer has been removed. */
  release?(request: AdmissionRequest): void | Promise<void>;
}

import type { KubeObject } from '@godwit/kinds';
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts';

/** Something that must always hold does not. */
export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

export interface InvariantContext {
  readonly cloud: SimulatedCloud;
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number;
  /** The first one ends the run. */
  readonly report: (violation: Violation) => void;
}

/** Something that must always hold. Some are told of what changes by the view that they listen to. */
export interface Invariant {
  readonly name: string;
  /** Called after everything that happens. */
  step?(): void;
  /** Called about once a second. */
  second?(): void;
}

export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}

import type { Weights } from '../policy.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** How good a host is, from 0 to 1. Called for every host that passes: it allocates nothing. */
export type HostScore = (row: number) => number;

/** One question of degree about a host, named in its file; the answer depends on that host alone. */
export interface Score {
  readonly weight: keyof Weights;
  /** Does once what all hosts share; undefined when the question does not arise. */
  prepare(request: MachineRequest, snapshot: Snapshot): HostScore | undefined;
}

/** A wish about the place that a host is in. */
export interface PlaceWish {
  /** Label that says which place a host is in. */
  readonly key: string;
  /** Equal for wishes that have the same answers as long as machines stay where they are. */
  readonly id: string;
  /** Beside the machines in the place itself, all that the answer depends on. */
  readonly stamp: number;
  readonly weight: number;
  /** How much of it a place fulfils, from -1 to 1. */
  readonly fulfils: (place: string | undefined) => number;
  /** All places that fulfil anything of it, or the contrary of it, as keys. */
  readonly places: ReadonlyMap<string, unknown>;
}

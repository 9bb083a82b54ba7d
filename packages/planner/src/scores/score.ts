import type { Policy } from '../policy.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** How good a host is, from 0 to 1. Called for every host that passes: it allocates nothing. */
export type HostScore = (row: number) => number;

/** One question of degree about a host, named in its file. */
export interface Score {
  readonly weight: keyof Policy['weights'];
  /** Does once what all hosts share; undefined when the question does not arise. */
  prepare(request: MachineRequest, snapshot: Snapshot): HostScore | undefined;
}

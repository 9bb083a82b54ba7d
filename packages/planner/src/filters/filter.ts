import type { Policy } from '../policy.ts';
import type { Reason } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The reason why the host of a row will not do; 0 when it will. Called for every host: it allocates nothing. */
export type HostTest = (row: number) => Reason;

/**
 * One yes-or-no question about a host, named in its file. The answer depends on that host alone: on what it is,
 * and on the machines that are on it.
 */
export interface Filter {
  /** Does once what all hosts share; undefined when the question does not arise. */
  prepare(request: MachineRequest, snapshot: Snapshot, policy: Policy): HostTest | undefined;
}

/** A question about a place (a zone, a rack, a host), and so the same for all hosts in it. */
export interface PlaceTest {
  /** Label that says which place a host is in. */
  readonly key: string;
  /** Equal for questions that have the same answers as long as machines stay where they are. */
  readonly id: string;
  /** Beside the machines in the place itself, all that the answer depends on. */
  readonly stamp: number;
  readonly ask: (place: string | undefined) => Reason;
  /** The only places that pass, as keys, where that is known. */
  readonly within?: ReadonlyMap<string, unknown>;
}

/** Questions about places, prepared anew for every machine: the answers depend on machines everywhere. */
export interface PlaceFilter {
  prepare(request: MachineRequest, snapshot: Snapshot): readonly PlaceTest[];
}

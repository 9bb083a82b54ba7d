import type { Reason } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The reason why the host of a row will not do; 0 when it will. Called for every host: it allocates nothing. */
export type HostTest = (row: number) => Reason;

/** One yes-or-no question about a host, named in its file. */
export interface Filter {
  /** Does once what all hosts share; undefined when the question does not arise. */
  prepare(request: MachineRequest, snapshot: Snapshot): HostTest | undefined;
}

import type { HostTest } from '../filters/filter.ts';
import { hasFreePorts } from '../filters/has-free-ports.ts';
import { hasRightArchitecture } from '../filters/has-right-architecture.ts';
import { placeFilters } from '../filters/index.ts';
import { matchesNodeSelector } from '../filters/matches-node-selector.ts';
import { reachesVolumes } from '../filters/reaches-volumes.ts';
import { suitsTenant } from '../filters/suits-tenant.ts';
import { toleratesTaints } from '../filters/tolerates-taints.ts';
import type { Policy } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** What does not depend on how much is free: that is counted while a plan is made. */
const filters = [hasRightArchitecture, toleratesTaints, matchesNodeSelector, hasFreePorts, reachesVolumes, suitsTenant];

/**
 * The rows of the snapshot where a machine that runs already may be as well, itself not counted: by the same
 * questions that place it. Other machines are where they are now; what a plan does to them is asked at the binding.
 */
export function allowedHosts(snapshot: Snapshot, request: MachineRequest, policy: Policy): Uint8Array {
  const allowed = new Uint8Array(snapshot.rowCount);
  judge(snapshot, request, policy, (isAllowed) => {
    for (let row = 0; row < snapshot.rowCount; row++) allowed[row] = isAllowed(row) ? 1 : 0;
  });
  return allowed;
}

/** The same about one row. */
export function isAllowed(snapshot: Snapshot, request: MachineRequest, policy: Policy, row: number): boolean {
  let answer = false;
  judge(snapshot, request, policy, (isAllowedOn) => {
    answer = isAllowedOn(row);
  });
  return answer;
}

/** Asks while the machine itself does not count. */
function judge(
  snapshot: Snapshot,
  request: MachineRequest,
  policy: Policy,
  ask: (isAllowed: (row: number) => boolean) => void,
): void {
  const home = snapshot.hostOf(request.uid);
  snapshot.remove(request.uid);
  try {
    const tests = filters.flatMap((filter): HostTest[] => {
      const test = filter.prepare(request, snapshot, policy);
      return test ? [test] : [];
    });
    const places = placeFilters.flatMap((filter) => filter.prepare(request, snapshot));
    ask((row) => {
      const host = snapshot.hosts[row];
      return (
        host !== undefined &&
        tests.every((test) => test(row) === reasons.passes) &&
        places.every((place) => place.ask(host.labels[place.key]) === reasons.passes)
      );
    });
  } finally {
    if (home !== undefined) snapshot.put(request, home);
  }
}

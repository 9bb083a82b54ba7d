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
  const home = snapshot.hostOf(request.uid);
  snapshot.remove(request.uid);
  try {
    const tests = filters.flatMap((filter): HostTest[] => {
      const test = filter.prepare(request, snapshot, policy);
      return test ? [test] : [];
    });
    const places = placeFilters.flatMap((filter) => filter.prepare(request, snapshot));
    const allowed = new Uint8Array(snapshot.rowCount);
    for (let row = 0; row < snapshot.rowCount; row++) {
      const host = snapshot.hosts[row];
      if (!host) continue;
      const passes =
        tests.every((test) => test(row) === reasons.passes) &&
        places.every(({ key, ask }) => ask(host.labels[key]) === reasons.passes);
      allowed[row] = passes ? 1 : 0;
    }
    return allowed;
  } finally {
    if (home !== undefined) snapshot.put(request, home);
  }
}

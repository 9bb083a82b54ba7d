import type { MachineRequest, Snapshot } from '@godwit/planner';
import { groupLabel } from '../measure/index.ts';

/** A machine of each group that is there: what more of it would ask for. */
export function patterns(snapshot: Snapshot): ReadonlyMap<string, MachineRequest> {
  const found = new Map<string, MachineRequest>();
  for (const { request } of snapshot.machines.values()) {
    const group = request.labels[groupLabel];
    if (group !== undefined && !found.has(group)) found.set(group, request);
  }
  return found;
}

/** One more of the same. */
export function copyOf(request: MachineRequest, index: number): MachineRequest {
  return { ...request, uid: `more-${request.name}-${index}`, name: `${request.name}-more-${index}` };
}

/** How many machines of each group there are. */
export function countByGroup(snapshot: Snapshot): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { request } of snapshot.machines.values()) {
    const group = request.labels[groupLabel];
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

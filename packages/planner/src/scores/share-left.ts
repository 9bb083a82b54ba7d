import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Which part of a resource a host would have left with the machine on it, from 0 to 1. */
export function shareLeft(resource: string, request: MachineRequest, snapshot: Snapshot): (row: number) => number {
  const { capacity, used } = snapshot.columns(resource);
  const needed = request.amounts[resource] ?? 0;
  return (row) => {
    const whole = capacity.values[row] ?? 0;
    if (whole <= 0) return 0;
    return Math.max(0, (whole - (used.values[row] ?? 0) - needed) / whole);
  };
}

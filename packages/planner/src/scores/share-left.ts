import { soundAmount } from '../amounts.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Which part of a resource a host would have left with the machine on it, from 0 to 1. */
export function shareLeft(resource: string, request: MachineRequest, snapshot: Snapshot): (row: number) => number {
  const { capacity, used } = snapshot.columns(resource);
  const capacities = capacity.values;
  const uses = used.values;
  const needed = soundAmount(request.amounts[resource]);
  return (row) => {
    const whole = capacities[row] as number;
    const left = whole - (uses[row] as number) - needed;
    return left > 0 ? left / whole : 0;
  };
}

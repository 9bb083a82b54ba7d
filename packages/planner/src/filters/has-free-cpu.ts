import { dedicatedCpuResource } from '../amounts.ts';
import { overcommitOf, type Policy } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Filter } from './filter.ts';
import { roomOf } from './has-free.ts';

/** Has the host enough processor time left? */
export const hasFreeCpu: Filter = {
  prepare(request, snapshot, policy) {
    const needed = request.amounts.cpu ?? 0;
    if (!(needed > 0)) return undefined;
    const room = cpuRoom(request, snapshot, policy);
    return (row) => (room(row) >= needed ? reasons.passes : reasons.lacksCpu);
  },
};

/**
 * How much processor time a host has left for such a machine, in thousandths of a core. Cores that machines have to
 * themselves are given out once; the policy's ratio is for the rest.
 */
export function cpuRoom({ cores }: MachineRequest, snapshot: Snapshot, policy: Policy): (row: number) => number {
  const ratio = overcommitOf(policy, 'cpu');
  if (ratio === 1) return roomOf('cpu', snapshot, policy);
  const { capacity, used } = snapshot.columns('cpu');
  const dedicated = snapshot.columns(dedicatedCpuResource).used;
  return (row) => {
    const host = { whole: capacity.values[row] as number, used: used.values[row] as number };
    return cpuLeft({ ...host, dedicated: dedicated.values[row] as number, ratio, alone: cores !== undefined });
  };
}

/**
 * What is left of a host's processor time, of which `used` is given out in all and `dedicated` of that to machines
 * alone, for one more that shares what it gets, or has it alone.
 */
export function cpuLeft({ whole, used, dedicated, ratio, alone }: CpuUse): number {
  const shared = used - dedicated;
  const rest = whole - dedicated;
  // What shares the rest needs only so much of it; cores for one alone are what is left then.
  return alone ? rest - shared / ratio : rest * ratio - shared;
}

interface CpuUse {
  readonly whole: number;
  readonly used: number;
  readonly dedicated: number;
  readonly ratio: number;
  readonly alone: boolean;
}

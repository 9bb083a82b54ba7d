import { gpuShareResource } from '../amounts.ts';
import { overcommitOf } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

const COUNTED_ELSEWHERE = new Set(['cpu', 'memory', 'pods', gpuShareResource]);

/** Has the host enough of everything else: devices, huge pages, scratch space? */
export const hasFreeDevices: Filter = {
  prepare(request, snapshot, policy) {
    const wanted = Object.keys(request.amounts)
      .filter((resource) => !COUNTED_ELSEWHERE.has(resource) && (request.amounts[resource] ?? 0) > 0)
      .map((resource) => ({
        needed: request.amounts[resource] ?? 0,
        ratio: overcommitOf(policy, resource),
        ...snapshot.columns(resource),
      }));
    if (wanted.length === 0) return undefined;
    return (row) => {
      for (const { needed, ratio, capacity, used } of wanted) {
        if ((capacity.values[row] ?? 0) * ratio - (used.values[row] ?? 0) < needed) return reasons.lacksDevices;
      }
      return reasons.passes;
    };
  },
};

import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

const COUNTED_ELSEWHERE = new Set(['cpu', 'memory', 'pods']);

/** Has the host enough of everything else: devices, huge pages, scratch space? */
export const hasFreeDevices: Filter = {
  prepare(request, snapshot) {
    const wanted = Object.keys(request.amounts)
      .filter((resource) => !COUNTED_ELSEWHERE.has(resource) && (request.amounts[resource] ?? 0) > 0)
      .map((resource) => ({ needed: request.amounts[resource] ?? 0, ...snapshot.columns(resource) }));
    if (wanted.length === 0) return undefined;
    return (row) => {
      for (const { needed, capacity, used } of wanted) {
        if ((capacity.values[row] ?? 0) - (used.values[row] ?? 0) < needed) return reasons.lacksDevices;
      }
      return reasons.passes;
    };
  },
};

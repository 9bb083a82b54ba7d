import type { Taint, Toleration } from '@godwit/kinds';
import { reasons } from '../reason.ts';
import { hostState } from '../snapshot/host.ts';
import type { Filter } from './filter.ts';

/** Whether one of the tolerations lets a machine live with a taint. */
export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  for (const { key, operator = 'Equal', value = '', effect } of tolerations) {
    if (effect && effect !== taint.effect) continue;
    if (key && key !== taint.key) continue;
    if (!key && operator !== 'Exists') continue;
    if (operator === 'Exists') return true;
    const actual = taint.value ?? '';
    if (operator === 'Equal' && value === actual) return true;
    if (operator === 'Gt' && Number(actual) > Number(value)) return true;
    if (operator === 'Lt' && Number(actual) < Number(value)) return true;
  }
  return false;
}

/** The first taint that keeps a machine off a host. */
export function untoleratedTaint(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  for (const taint of taints) {
    if (taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint)) return taint;
  }
  return undefined;
}

/** Does the machine tolerate what the host is tainted with? */
export const toleratesTaints: Filter = {
  prepare(request, snapshot) {
    const { values } = snapshot.states;
    return (row) => {
      if (((values[row] as number) & hostState.hasTaints) === 0) return reasons.passes;
      const taints = snapshot.hosts[row]?.taints ?? [];
      return untoleratedTaint(taints, request.tolerations) ? reasons.hasTaint : reasons.passes;
    };
  },
};

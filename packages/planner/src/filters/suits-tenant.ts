import { hasLabels } from '@godwit/kinds';
import type { Isolation } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Filter } from './filter.ts';

/** Namespaces of the cloud itself: what runs there serves all tenants and is nobody's neighbour. */
const OWN_NAMESPACES = /^(?:kube|godwit)-/;

/** Whose machine it is; undefined for those of the cloud itself. */
export function tenantOf({ labels, namespace }: MachineRequest, { tenantLabel }: Isolation): string | undefined {
  if (OWN_NAMESPACES.test(namespace)) return undefined;
  return (tenantLabel && labels[tenantLabel]) || namespace;
}

/** May the tenant use the host: is it not dedicated to another, and may the two live with those that are there? */
export const suitsTenant: Filter = {
  prepare(request, snapshot, { isolation }) {
    const tenant = isolation && tenantOf(request, isolation);
    if (!isolation || tenant === undefined) return undefined;
    const owned = isolation.dedicated?.some((each) => each.tenant === tenant) === true;
    const strangers = strangersTo(tenant, isolation);
    return (row) => {
      const labels = snapshot.hosts[row]?.labels;
      const owner = isolation.dedicated?.find(({ nodeSelector }) => hasLabels(nodeSelector, labels))?.tenant;
      if (owned ? owner !== tenant : owner !== undefined) return reasons.hasOtherTenant;
      if (!strangers) return reasons.passes;
      const hasStranger = snapshot.someOn(row, (machine) => {
        const other = tenantOf(machine, isolation);
        return other !== undefined && strangers(other);
      });
      return hasStranger ? reasons.hasOtherTenant : reasons.passes;
    };
  },
};

/** Who must not share a host with a tenant; undefined when everybody may. */
function strangersTo(tenant: string, { sharing, apart = [] }: Isolation): ((other: string) => boolean) | undefined {
  if (sharing === 'never') return (other) => other !== tenant;
  const foes = new Set(apart.filter((group) => group.includes(tenant)).flat());
  foes.delete(tenant);
  return foes.size > 0 ? (other) => foes.has(other) : undefined;
}

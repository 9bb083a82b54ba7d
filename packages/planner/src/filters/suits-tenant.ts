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
    const rule = isolation && tenancyOf(request, isolation);
    if (!rule) return undefined;
    return (row) => {
      const suits =
        rule.mayUse(snapshot.hosts[row]?.labels ?? {}) && !(rule.isStranger && snapshot.someOn(row, rule.isStranger));
      return suits ? reasons.passes : reasons.hasOtherTenant;
    };
  },
};

/** What the tenants of a policy mean for one machine. */
export interface Tenancy {
  /** Whether hosts with these labels are its tenant's, or nobody's. */
  readonly mayUse: (labels: Readonly<Record<string, string>>) => boolean;
  /** Whether it must not share a host with another machine; absent where it may with all. */
  readonly isStranger?: (other: MachineRequest) => boolean;
}

/** Undefined for machines that no rule is about: those of the cloud itself. */
export function tenancyOf(machine: MachineRequest, isolation: Isolation): Tenancy | undefined {
  const tenant = tenantOf(machine, isolation);
  if (tenant === undefined) return undefined;
  const { dedicated = [] } = isolation;
  const owned = dedicated.some((each) => each.tenant === tenant);
  // Who has hosts of its own shares them with nobody, whoever was there before they became its own.
  const strangers = owned ? (other: string) => other !== tenant : strangersTo(tenant, isolation);
  return {
    mayUse: (labels) => {
      const owner = dedicated.find(({ nodeSelector }) => hasLabels(nodeSelector, labels))?.tenant;
      return owned ? owner === tenant : owner === undefined;
    },
    ...(strangers && {
      isStranger: (other) => {
        const otherTenant = tenantOf(other, isolation);
        return otherTenant !== undefined && strangers(otherTenant);
      },
    }),
  };
}

/** Who must not share a host with a tenant; undefined when everybody may. */
function strangersTo(tenant: string, { sharing, apart = [] }: Isolation): ((other: string) => boolean) | undefined {
  if (sharing === 'never') return (other) => other !== tenant;
  const foes = new Set(apart.filter((group) => group.includes(tenant)).flat());
  foes.delete(tenant);
  return foes.size > 0 ? (other) => foes.has(other) : undefined;
}

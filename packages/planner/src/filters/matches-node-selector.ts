import { hasLabels } from '@godwit/kinds';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Filter } from './filter.ts';
import { type HostMatcher, matcherOfTerms } from './node-terms.ts';

/** Which hosts a machine allows by nodeSelector and required node affinity; undefined when it allows all. */
export function allowedHosts(request: MachineRequest): HostMatcher | undefined {
  const { nodeSelector, affinity } = request;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const selects = nodeSelector && Object.keys(nodeSelector).length > 0 ? nodeSelector : undefined;
  if (!selects && !required) return undefined;
  const matches = required ? matcherOfTerms(required.nodeSelectorTerms) : undefined;
  return (host) => (!selects || hasLabels(selects, host.labels)) && (!matches || matches(host));
}

/** Is the host one of those that the machine allows? */
export const matchesNodeSelector: Filter = {
  prepare(request, snapshot) {
    const allows = allowedHosts(request);
    if (!allows) return undefined;
    return (row) => {
      const host = snapshot.hosts[row];
      return host && allows(host) ? reasons.passes : reasons.selectorDoesNotMatch;
    };
  },
};

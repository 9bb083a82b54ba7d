import { machineGroup } from '../http/machine-request.ts';
import type { Group, GroupVersion } from './groups.ts';
import { machineOrders, machineResources } from './machine-group.ts';
import { subresourcesOf } from './subresources.ts';

/**
 * Everything that a client needs to know of what is served, in one document: `APIGroupDiscoveryList` of
 * apidiscovery.k8s.io, for `/api` (the core group alone) or `/apis` (all others).
 */
export function aggregatedDiscovery(groups: readonly Group[], version: string): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: { ...(name !== '' && { name }), creationTimestamp: null },
      versions: versions.map((served) => ({
        version: served.version,
        resources: resourcesOf(served),
        freshness: 'Current',
      })),
    })),
  };
}

function resourcesOf(served: GroupVersion): object[] {
  if (served.group === machineGroup) return machineResources.map((plural) => machineResource(plural, served.version));
  return served.kinds.map((kind) => {
    const scope = kind.namespaced ? 'Namespaced' : 'Cluster';
    const subresources = subresourcesOf(kind).map((part) => ({
      subresource: part.name,
      responseKind: { group: part.group, version: part.version, kind: part.kind },
      verbs: part.verbs,
    }));
    return {
      resource: kind.plural,
      responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
      scope,
      singularResource: kind.singular,
      verbs: kind.verbs,
      ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
      ...(kind.categories.length > 0 && { categories: kind.categories }),
      ...(subresources.length > 0 && { subresources }),
    };
  });
}

/** A resource that has no objects here: clients know it by having subresources and no verbs. */
function machineResource(plural: string, version: string): object {
  const responseKind = {
    group: machineGroup,
    version,
    kind: plural === 'virtualmachines' ? 'VirtualMachine' : 'VirtualMachineInstance',
  };
  return {
    resource: plural,
    responseKind,
    scope: 'Namespaced',
    singularResource: '',
    verbs: [],
    subresources: machineOrders(plural).map(({ name, verbs }) => ({ subresource: name, responseKind, verbs })),
  };
}

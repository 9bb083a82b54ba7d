import type { BareResource, Group, GroupVersion } from './groups.ts';
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
  const ofKinds = served.kinds.map((kind) => {
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
  return [...ofKinds, ...served.bare.map((resource) => bareResource(served, resource))];
}

/** Clients know one that can only be asked by its subresources by having no verbs. */
function bareResource(
  { group, version }: GroupVersion,
  { plural, namespaced, kind, verbs, subresources }: BareResource,
) {
  const responseKind = { group, version, kind };
  const parts = subresources.map((part) => ({ subresource: part.name, responseKind, verbs: part.verbs }));
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: '',
    verbs,
    ...(parts.length > 0 && { subresources: parts }),
  };
}

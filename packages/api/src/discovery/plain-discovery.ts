import { type BareResource, type Group, type GroupVersion, groupVersionText } from './groups.ts';
import { subresourcesOf } from './subresources.ts';

interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** `/api`. */
export function apiVersions(): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `/apis`. */
export function apiGroupList(groups: readonly Group[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ name }) => name !== '').map(groupFields) };
}

/** `/apis/<group>`. */
export function apiGroup(group: Group): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) };
}

function groupFields({ name, versions }: Group) {
  const named = versions.map(({ version }) => ({ groupVersion: groupVersionText(name, version), version }));
  return { name, versions: named, preferredVersion: named[0] };
}

/** `/api/v1` and `/apis/<group>/<version>`. */
export function apiResourceList(served: GroupVersion): object {
  const { group, version, kinds, bare } = served;
  const resources = [...kinds.flatMap(resourcesOf), ...bare.flatMap(bareResources)];
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: groupVersionText(group, version), resources };
}

function resourcesOf(kind: GroupVersion['kinds'][number]): ApiResource[] {
  const { plural, namespaced } = kind;
  const own: ApiResource = {
    name: plural,
    singularName: kind.singular,
    namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
  };
  const parts = subresourcesOf(kind).map((part): ApiResource => {
    const foreign = part.group !== kind.group || part.version !== kind.version;
    return {
      name: `${plural}/${part.name}`,
      singularName: '',
      namespaced,
      ...(foreign && { group: part.group, version: part.version }),
      kind: part.kind,
      verbs: part.verbs,
    };
  });
  return [own, ...parts];
}

function bareResources({ plural, namespaced, kind, verbs, subresources }: BareResource): ApiResource[] {
  const own: ApiResource = { name: plural, singularName: '', namespaced, kind, verbs };
  const parts = subresources.map((part) => ({ ...own, name: `${plural}/${part.name}`, verbs: part.verbs }));
  return verbs.length > 0 ? [own, ...parts] : parts;
}

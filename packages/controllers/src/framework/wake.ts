import type { Cache, NamespacedName } from '@godwit/client';
import type { KubeObject } from '@godwit/kinds';
import type { Wake } from '../reconciler.ts';

/** A wake for a cache of any kind; without `names`, an object wakes its own name. */
export function wake<T extends KubeObject>(
  cache: Cache<T>,
  names: (object: T) => readonly string[] = (object) => [nameOf(object)],
): Wake {
  return { cache, names } as unknown as Wake;
}

/** How a reconciler is told of an object: `namespace/name`, or `name` for cluster scope. */
export function nameOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace ? `${namespace}/${name}` : `${name}`;
}

/** The way back from {@link nameOf}. */
export function namespacedName(name: string): NamespacedName {
  const slash = name.indexOf('/');
  return slash < 0 ? { name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** Names of those owners of `object` that are of one kind: what wakes the controller of that kind. */
export function ownersOf(object: KubeObject, kind: string): string[] {
  const { namespace, ownerReferences = [] } = object.metadata;
  const owners = ownerReferences.filter((owner) => owner.kind === kind);
  return owners.map((owner) => (namespace ? `${namespace}/${owner.name}` : owner.name));
}

import type { KindDefinition } from '@godwit/kinds';

type Resource = Pick<KindDefinition, 'group' | 'plural' | 'form'>;

/** Everything of one kind, in whatever form: `/apps/deployments/`. The core group is written `core`. */
export function kindPrefix(kind: Resource): string {
  let prefix = prefixes.get(kind);
  if (prefix === undefined) {
    const { group, plural } = kind.form?.of ?? kind;
    prefix = `/${group === '' ? 'core' : group}/${plural}/`;
    prefixes.set(kind, prefix);
  }
  return prefix;
}

const prefixes = new WeakMap<Resource, string>();

export function namespacePrefix(kind: Resource, namespace: string): string {
  return `${kindPrefix(kind)}${namespace}/`;
}

/** `/<group>/<plural>/<namespace or nothing>/<name>`. */
export function documentKey(kind: Resource, namespace: string | undefined, name: string): string {
  return `${kindPrefix(kind)}${namespace ?? ''}/${name}`;
}

/** The first two steps of a key: what `kindPrefix` gave. */
export function prefixOfKey(key: string): string {
  return key.slice(0, key.indexOf('/', key.indexOf('/', 1) + 1) + 1);
}

/** Namespace of the object under a key of its kind; empty for cluster scope. */
export function namespaceOfKey(key: string, prefixLength: number): string {
  return key.slice(prefixLength, key.indexOf('/', prefixLength));
}

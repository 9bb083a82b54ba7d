import type { KindDefinition } from '@godwit/kinds';

/** What a subresource is: the kind that it takes and gives, and what may be done with it. */
export interface Subresource {
  /** `pods/log` and the like, without the resource: `log`. */
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Subresources whose kind is not that of the object itself, and those that are asked for in other ways. */
const known: Readonly<Record<string, Partial<Omit<Subresource, 'name'>>>> = {
  approval: { verbs: ['get', 'patch', 'update'] },
  attach: { group: '', version: 'v1', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  binding: { group: '', version: 'v1', kind: 'Binding', verbs: ['create'] },
  ephemeralcontainers: { verbs: ['get', 'patch', 'update'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  exec: { group: '', version: 'v1', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  finalize: { verbs: ['update'] },
  log: { verbs: ['get'] },
  move: { group: '', version: 'v1', kind: 'Binding', verbs: ['create'] },
  portforward: { group: '', version: 'v1', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  resize: { verbs: ['get', 'patch', 'update'] },
  upload: { verbs: ['update'] },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
};

const proxyVerbs = ['create', 'delete', 'get', 'patch', 'update'];

/** Every subresource that a kind has, by name. `proxy` is left out: nothing serves it. */
export function subresourcesOf(kind: KindDefinition): Subresource[] {
  const { group, version, subresources } = kind;
  const own = { group, version, kind: kind.kind };
  const found: Subresource[] = [];
  for (const name of subresources.others) {
    if (name === 'proxy') continue;
    found.push({ name, ...own, verbs: proxyVerbs, ...known[name] });
  }
  const verbs = ['get', 'patch', 'update'];
  if (subresources.scale) found.push({ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs });
  if (subresources.status) found.push({ name: 'status', ...own, verbs });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

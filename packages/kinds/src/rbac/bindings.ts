import { textColumn, wide } from '../columns/index.ts';
import type { Column, Draft } from '../machinery/index.ts';
import type { RoleRef, Subject } from './rules.ts';

/** What bindings of both scopes share. */
interface Bound {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

export function defaultBinding(draft: Draft<Bound>): void {
  if (draft.roleRef) draft.roleRef.apiGroup ||= RBAC_GROUP;
  for (const subject of draft.subjects ?? []) subject.apiGroup ??= subject.kind === 'ServiceAccount' ? '' : RBAC_GROUP;
}

function names(binding: Bound, kind: string): string {
  return (binding.subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ');
}

export const bindingColumns: readonly Column<Bound>[] = [
  textColumn('Role', 'The role that is given.', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  wide(textColumn('Users', 'Users who get it.', (binding) => names(binding, 'User'))),
  wide(textColumn('Groups', 'Groups who get it.', (binding) => names(binding, 'Group'))),
  wide(textColumn('ServiceAccounts', 'Service accounts who get it.', (binding) => names(binding, 'ServiceAccount'))),
];

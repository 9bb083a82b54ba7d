import type { Cause } from '../machinery/index.ts';
import { eachItem, Faults, pathSegmentFault } from '../validation/index.ts';
import { RBAC_GROUP } from './bindings.ts';
import type { PolicyRule, RoleRef, Subject } from './rules.ts';

/** Rules are about resources or about paths, and paths exist only for the whole cloud. */
export function validateRules(rules: readonly PolicyRule[] | undefined, namespaced: boolean): readonly Cause[] {
  const faults = new Faults();
  eachItem(rules, 'rules', (rule, path) => {
    const { verbs, apiGroups = [], resources = [], nonResourceURLs = [] } = rule;
    if (verbs.length === 0) faults.required(`${path}.verbs`, 'verbs must contain at least one value');
    if (nonResourceURLs.length > 0) {
      if (namespaced)
        faults.invalid(
          `${path}.nonResourceURLs`,
          nonResourceURLs,
          'namespaced rules cannot apply to non-resource URLs',
        );
      if (apiGroups.length + resources.length > 0) {
        faults.invalid(
          `${path}.nonResourceURLs`,
          nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        );
      }
      return;
    }
    if (apiGroups.length === 0)
      faults.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
    if (resources.length === 0)
      faults.required(`${path}.resources`, 'resource rules must supply at least one resource');
  });
  return faults.causes;
}

function validateSubject(
  { kind, name, namespace, apiGroup = '' }: Subject,
  path: string,
  namespaced: boolean,
  faults: Faults,
): void {
  if (name === '') faults.required(`${path}.name`);
  switch (kind) {
    case 'ServiceAccount':
      if (apiGroup !== '') faults.notSupported(`${path}.apiGroup`, apiGroup, ['']);
      if (!namespace && !namespaced) faults.required(`${path}.namespace`);
      return;
    case 'User':
    case 'Group':
      if (apiGroup !== RBAC_GROUP) faults.notSupported(`${path}.apiGroup`, apiGroup, [RBAC_GROUP]);
      return;
    default:
      faults.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']);
  }
}

interface Bound {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

export function validateBinding({ subjects, roleRef }: Bound, namespaced: boolean): readonly Cause[] {
  const faults = new Faults();
  if (roleRef.apiGroup !== RBAC_GROUP) faults.notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [RBAC_GROUP]);
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind)) faults.notSupported('roleRef.kind', roleRef.kind, kinds);
  if (roleRef.name === '') faults.required('roleRef.name');
  else faults.check('roleRef.name', roleRef.name, pathSegmentFault);
  eachItem(subjects, 'subjects', (subject, path) => validateSubject(subject, path, namespaced, faults));
  return faults.causes;
}

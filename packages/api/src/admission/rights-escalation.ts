import { type ClusterRole, isDeepEqual, type PolicyRule, type RoleBinding } from '@godwit/kinds';
import { escalationText, rulesNotHeld } from '../authorization/escalation.ts';
import type { Engine } from '../operations/engine.ts';
import { forbidden, notFound } from '../validation/index.ts';
import type { AdmissionRequest, Admitter } from './admitter.ts';

const GROUP = 'rbac.authorization.k8s.io';
const roles = new Set(['roles', 'clusterroles']);
const bindings = new Set(['rolebindings', 'clusterrolebindings']);

/** Nobody gives rights that he does not have, unless he has the right to (`escalate`, `bind`). */
export async function rightsEscalation(engine: Engine): Promise<Admitter | undefined> {
  const { rbac } = engine;
  if (!rbac) return undefined;

  /** Rules that this write would hand out. */
  async function rulesGiven({ kind, object, old, address, user }: AdmissionRequest): Promise<readonly PolicyRule[]> {
    const scope = address.namespace === undefined ? {} : { namespace: address.namespace };
    if (roles.has(kind.plural)) {
      const { rules = [], aggregationRule } = object as unknown as ClusterRole;
      const before: Partial<ClusterRole> | undefined = old;
      if (before && isDeepEqual(before.rules, rules) && isDeepEqual(before.aggregationRule, aggregationRule)) return [];
      const right = {
        verb: 'escalate',
        group: GROUP,
        resource: kind.plural,
        name: object.metadata.name ?? '',
        ...scope,
      };
      if (engine.authorizer.decide(user, right).allowed) return [];
      // Whoever aggregates may come to give anything.
      return aggregationRule ? [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] : rules;
    }
    const { roleRef, subjects } = object as unknown as RoleBinding;
    const before = old as unknown as RoleBinding | undefined;
    if (before && isDeepEqual(before.roleRef, roleRef) && isDeepEqual(before.subjects, subjects)) return [];
    const resource = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    const right = { verb: 'bind', group: GROUP, resource, name: roleRef.name, ...scope };
    if (engine.authorizer.decide(user, right).allowed) return [];
    await engine.current();
    const rules = rbac?.rulesOf(rbac.roleKey(roleRef.kind, address.namespace, roleRef.name));
    if (!rules) throw notFound({ group: GROUP, plural: resource }, roleRef.name);
    return rules;
  }

  async function check(request: AdmissionRequest): Promise<void> {
    const { kind, address, user, object } = request;
    const missing = rulesNotHeld(engine.authorizer, user, address.namespace, await rulesGiven(request));
    if (missing.length > 0) throw forbidden(kind, object.metadata.name ?? '', escalationText(user, missing));
  }

  return {
    name: 'rights-escalation',
    admit(request) {
      const { kind, operation } = request;
      if (kind.group !== GROUP || operation === 'delete') return undefined;
      return roles.has(kind.plural) || bindings.has(kind.plural) ? check(request) : undefined;
    },
  };
}

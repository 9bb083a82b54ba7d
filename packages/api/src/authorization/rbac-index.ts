import { type ClusterRole, type PolicyRule, type RoleBinding, type Subject, selects } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import type { KindHub } from '../documents/kind-hub.ts';
import { serviceAccountUserName, type User } from './user.ts';

/** The caches that the index is made from; all must be live. */
export interface RbacHubs {
  readonly roles: KindHub;
  readonly clusterRoles: KindHub;
  readonly roleBindings: KindHub;
  readonly clusterRoleBindings: KindHub;
}

/** A role that a subject holds: everywhere, or in one namespace. */
interface Grant {
  readonly namespace: string | undefined;
  /** Key of the role's document. */
  readonly role: string;
  /** Such as `ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin"`, for people. */
  readonly text: string;
}

export interface GrantedRule {
  readonly rule: PolicyRule;
  readonly grant: string;
}

/** Roles by key and grants by subject, kept by the changes of four caches. */
export class RbacIndex {
  readonly #hubs: RbacHubs;
  readonly #grants = new Map<string, Map<string, Grant>>();
  readonly #rules = new Map<string, readonly PolicyRule[]>();

  constructor(hubs: RbacHubs) {
    this.#hubs = hubs;
    for (const hub of [hubs.roleBindings, hubs.clusterRoleBindings]) {
      for (const document of hub.cache.values()) this.#bind(hub, undefined, document);
      hub.onChange(({ before, after }) => this.#bind(hub, before, after));
    }
    for (const hub of [hubs.roles, hubs.clusterRoles]) hub.onChange(() => this.#rules.clear());
  }

  #bind(hub: KindHub, before: Document | undefined, after: Document | undefined): void {
    for (const { subject, key } of this.#grantsOf(hub, before)) {
      const grants = this.#grants.get(subject);
      grants?.delete(key);
      if (grants?.size === 0) this.#grants.delete(subject);
    }
    for (const { subject, key, grant } of this.#grantsOf(hub, after)) {
      const grants = this.#grants.get(subject);
      if (grants) grants.set(key, grant);
      else this.#grants.set(subject, new Map([[key, grant]]));
    }
  }

  *#grantsOf(hub: KindHub, document: Document | undefined): Iterable<{ subject: string; key: string; grant: Grant }> {
    if (!document) return;
    const binding = document.object as unknown as RoleBinding;
    const { namespace, name = '' } = binding.metadata;
    const { kind, name: roleName } = binding.roleRef;
    const role = this.roleKey(kind, namespace, roleName);
    const text = `${hub.kind.kind} "${namespace ? `${name}/${namespace}` : name}" of ${kind} "${roleName}"`;
    for (const subject of binding.subjects ?? []) {
      yield {
        subject: subjectKey(subject, namespace),
        key: `${hub.prefix}${namespace ?? ''}/${name}`,
        grant: { namespace, role, text },
      };
    }
  }

  roleKey(kind: string, namespace: string | undefined, name: string): string {
    const { roles, clusterRoles } = this.#hubs;
    return kind === 'ClusterRole' ? `${clusterRoles.prefix}/${name}` : `${roles.prefix}${namespace ?? ''}/${name}`;
  }

  /** Rules of a role by its key; undefined when there is no such role. */
  rulesOf(key: string): readonly PolicyRule[] | undefined {
    const known = this.#rules.get(key);
    if (known) return known;
    const { roles, clusterRoles } = this.#hubs;
    const document = key.startsWith(clusterRoles.prefix) ? clusterRoles.cache.get(key) : roles.cache.get(key);
    if (!document) return undefined;
    const role = document.object as unknown as ClusterRole;
    const rules = role.aggregationRule ? this.#aggregated(role) : (role.rules ?? []);
    this.#rules.set(key, rules);
    return rules;
  }

  #aggregated(role: ClusterRole): readonly PolicyRule[] {
    const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
    const rules: PolicyRule[] = [];
    for (const document of this.#hubs.clusterRoles.cache.values()) {
      const other = document.object as unknown as ClusterRole;
      // Only plain roles are taken over, so that roles cannot go round in circles.
      if (other.metadata.name === role.metadata.name || other.aggregationRule) continue;
      if (selectors.some((selector) => selects(selector, other.metadata.labels))) rules.push(...(other.rules ?? []));
    }
    return rules;
  }

  /** All rules that a user has in a namespace; undefined asks for cluster scope. */
  *rulesFor(user: User, namespace: string | undefined): Iterable<GrantedRule> {
    for (const subject of subjectsOf(user)) {
      for (const grant of this.#grants.get(subject)?.values() ?? []) {
        if (grant.namespace !== undefined && grant.namespace !== namespace) continue;
        for (const rule of this.rulesOf(grant.role) ?? []) yield { rule, grant: grant.text };
      }
    }
  }
}

function subjectKey(subject: Subject, namespace: string | undefined): string {
  if (subject.kind === 'Group') return `g:${subject.name}`;
  if (subject.kind === 'ServiceAccount') {
    return `u:${serviceAccountUserName(subject.namespace ?? namespace ?? '', subject.name)}`;
  }
  return `u:${subject.name}`;
}

function* subjectsOf(user: User): Iterable<string> {
  yield `u:${user.name}`;
  for (const group of user.groups) yield `g:${group}`;
}

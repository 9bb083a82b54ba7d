import type { PolicyRule } from '@godwit/kinds';
import type { Authorizer } from './authorizer.ts';
import { rightsOf } from './rules.ts';
import type { User } from './user.ts';

/** Rules of which the user does not hold every single right in that namespace (undefined: everywhere). */
export function rulesNotHeld(
  authorizer: Authorizer,
  user: User,
  namespace: string | undefined,
  rules: readonly PolicyRule[],
): readonly PolicyRule[] {
  const scope = namespace === undefined ? {} : { namespace };
  return rules.filter((rule) => {
    for (const right of rightsOf(rule)) {
      if (!authorizer.decide(user, 'path' in right ? right : { ...right, ...scope }).allowed) return true;
    }
    return false;
  });
}

/** In the words of kubectl. */
export function escalationText(user: User, rules: readonly PolicyRule[]): string {
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  const list = rules.map(ruleText).join('\n');
  return `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${list}`;
}

function ruleText(rule: PolicyRule): string {
  const parts: string[] = [];
  const add = (name: string, values: readonly string[] | undefined) => {
    if (values && values.length > 0) parts.push(`${name}:${JSON.stringify(values)}`);
  };
  add('APIGroups', rule.apiGroups);
  add('Resources', rule.resources);
  add('ResourceNames', rule.resourceNames);
  add('NonResourceURLs', rule.nonResourceURLs);
  add('Verbs', rule.verbs);
  return `{${parts.join(', ')}}`;
}

import type { PolicyRule } from '@godwit/kinds';
import type { Attributes, ResourceAttributes } from './authorizer.ts';

/** Whether one rule allows what is asked. `*` in the question is only met by `*` in the rule. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) return pathMatches(rule.nonResourceURLs, attributes.path);
  if (!has(rule.apiGroups, attributes.group) || !resourceMatches(rule.resources, attributes)) return false;
  const names = rule.resourceNames;
  return !names || names.length === 0 || (attributes.name !== undefined && names.includes(attributes.name));
}

function has(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && (values.includes(value) || values.includes('*'));
}

function resourceMatches(resources: readonly string[] | undefined, attributes: ResourceAttributes): boolean {
  if (!resources) return false;
  const { resource, subresource } = attributes;
  if (!subresource) return has(resources, resource);
  return (
    resources.includes('*') ||
    resources.includes(`${resource}/${subresource}`) ||
    resources.includes(`*/${subresource}`)
  );
}

function pathMatches(patterns: readonly string[] | undefined, path: string): boolean {
  if (!patterns) return false;
  return patterns.some(
    (pattern) =>
      pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))),
  );
}

/** Every single right that a rule gives: what must be held by who hands the rule on. */
export function* rightsOf(rule: PolicyRule): Iterable<Attributes> {
  for (const verb of rule.verbs) {
    for (const path of rule.nonResourceURLs ?? []) yield { verb, path };
    for (const group of rule.apiGroups ?? []) {
      for (const each of rule.resources ?? []) {
        const [resource = '', subresource] = each.split('/');
        const right = { verb, group, resource, ...(subresource && { subresource }) };
        const names = rule.resourceNames ?? [];
        if (names.length === 0) yield right;
        for (const name of names) yield { ...right, name };
      }
    }
  }
}

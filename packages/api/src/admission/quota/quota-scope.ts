import { type KindDefinition, type KubeObject, type Pod, qosClassOf, type ResourceQuota } from '@godwit/kinds';

interface ScopeRule {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Whether a quota counts an object. Quotas with scopes count only pods, and of those only some. */
export function inScope({ spec }: ResourceQuota, kind: KindDefinition, object: KubeObject): boolean {
  const rules: ScopeRule[] = [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
  if (rules.length === 0) return true;
  if (kind.group !== '' || kind.plural !== 'pods') return false;
  return rules.every((rule) => holds(rule, object as Pod));
}

function holds({ scopeName, operator, values = [] }: ScopeRule, { spec }: Pod): boolean {
  switch (scopeName) {
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort';
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'PriorityClass': {
      const name = spec.priorityClassName ?? '';
      if (operator === 'In') return values.includes(name);
      if (operator === 'NotIn') return !values.includes(name);
      return (name !== '') === (operator === 'Exists');
    }
    default:
      return false;
  }
}

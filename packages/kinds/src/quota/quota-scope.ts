import type { KindDefinition, KubeObject } from '../machinery/index.ts';
import type { Pod } from '../pod/pod-body.ts';
import { qosClassOf } from '../pod/pod-resources.ts';
import type { ResourceQuota } from '../resource-quota.ts';

/** Whether a pod is in a scope: the four old ones, and its priority class. */
function isInScope({ spec }: Pod, name: string, operator: string, values: readonly string[]): boolean {
  switch (name) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort';
    case 'PriorityClass': {
      const name = spec.priorityClassName ?? '';
      if (operator === 'Exists') return name !== '';
      if (operator === 'DoesNotExist') return name === '';
      return values.includes(name) === (operator === 'In');
    }
    default:
      return false;
  }
}

/** Whether the quota counts this object at all. A quota with scopes is about pods only. */
export function isInQuota(
  quota: ResourceQuota,
  kind: Pick<KindDefinition, 'group' | 'plural'>,
  object: KubeObject,
): boolean {
  const scopes = [
    ...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: [] })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ];
  if (scopes.length === 0) return true;
  if (kind.group !== '' || kind.plural !== 'pods') return false;
  return scopes.every(({ scopeName, operator, values }) => isInScope(object as Pod, scopeName, operator, values ?? []));
}

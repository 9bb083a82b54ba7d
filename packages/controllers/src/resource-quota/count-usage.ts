import { addUsage, isInQuota, type KindDefinition, type KubeObject, type ResourceQuota, usageOf } from '@godwit/kinds';

/** Objects of one kind in the quota's namespace. */
export interface Counted {
  readonly kind: Pick<KindDefinition, 'group' | 'plural'>;
  readonly objects: Iterable<KubeObject>;
}

/** The status that the quota should have: every limited resource, also one of which nothing is used. Pure. */
export function quotaStatus(quota: ResourceQuota, counted: readonly Counted[]): NonNullable<ResourceQuota['status']> {
  const hard = quota.spec?.hard ?? {};
  let total: Readonly<Record<string, string>> = {};
  for (const { kind, objects } of counted) {
    for (const object of objects) {
      if (isInQuota(quota, kind, object)) total = addUsage(total, pickLimited(usageOf(kind, object), hard));
    }
  }
  return { hard, used: Object.fromEntries(Object.keys(hard).map((name) => [name, total[name] ?? '0'])) };
}

function pickLimited(usage: Readonly<Record<string, string>>, hard: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(usage).filter(([name]) => name in hard));
}

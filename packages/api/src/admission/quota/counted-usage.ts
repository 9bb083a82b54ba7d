import type { KindDefinition, ResourceQuota } from '@godwit/kinds';
import type { Engine } from '../../operations/engine.ts';
import { resourceName } from '../../validation/index.ts';
import { inScope } from './quota-scope.ts';
import { addUsage, isInstance, type Usage, usageOf } from './usage.ts';

const COMPUTE = /^(requests\.|limits\.|cpu$|memory$|ephemeral-storage$)/;

/** What a namespace uses of a quota, counted object by object. */
export async function countedUsage(engine: Engine, quota: ResourceQuota): Promise<Usage> {
  const names = Object.keys(quota.spec?.hard ?? {});
  let total: Usage = Object.fromEntries(names.map((name) => [name, '0']));
  for (const kind of engine.kinds.all) {
    // Objects of another form are counted as what they are stored as.
    if (kind.form || !kind.namespaced || !kind.verbs.includes('list')) continue;
    if (!names.some((name) => concerns(name, kind))) continue;
    const hub = await engine.fresh(kind);
    for (const { object } of hub.cache.range(`${hub.prefix}${quota.metadata.namespace}/`)) {
      if (inScope(quota, kind, object)) total = addUsage(total, usageOf(kind, object), names);
    }
  }
  return total;
}

/** Whether objects of a kind can count under a name. */
function concerns(name: string, kind: KindDefinition): boolean {
  if (name.startsWith('count/')) return name === `count/${resourceName(kind)}`;
  if (isInstance(kind)) return COMPUTE.test(name);
  if (kind.group !== '') return false;
  if (name === kind.plural || name.startsWith(`${kind.plural}.`)) return true;
  if (kind.plural === 'persistentvolumeclaims') return name === 'requests.storage' || name.includes('.storageclass.');
  return kind.plural === 'pods' && COMPUTE.test(name);
}

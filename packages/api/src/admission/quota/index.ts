import {
  addQuantities,
  compareQuantities,
  isDeepEqual,
  type KubeObject,
  type ResourceList,
  type ResourceQuota,
  subtractQuantities,
} from '@godwit/kinds';
import { Document } from '../../documents/document.ts';
import { documentKey } from '../../documents/keys.ts';
import type { Engine } from '../../operations/engine.ts';
import { forbidden } from '../../validation/index.ts';
import type { AdmissionRequest, Admitter } from '../admitter.ts';
import type { LiveHub } from '../index.ts';
import { countedUsage } from './counted-usage.ts';
import { inScope } from './quota-scope.ts';
import { type Usage, unspecified, usageOf } from './usage.ts';

const quotaKind = { group: '', plural: 'resourcequotas' };

/**
 * Counts what a namespace uses in the very batch that uses it: a quota cannot be overrun, whoever else is
 * creating, and what is deleted is free again at once. Requests of one namespace that has quotas go one after
 * the other, because they all write the same objects.
 */
export async function resourceQuotas(engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('', 'v1', 'resourcequotas');
  if (!hub) return undefined;

  const hasQuotas = (namespace: string) => hub.cache.range(`${hub.prefix}${namespace}/`).length > 0;

  async function account(
    request: AdmissionRequest,
    namespace: string,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
  ): Promise<void> {
    const used = after && usageOf(request.kind, after);
    const freed = before && usageOf(request.kind, before);
    if (isDeepEqual(used, freed)) return;
    await request.hold(`/quotas/${namespace}`);
    await engine.current();
    for (const document of hub?.cache.range(`${hub.prefix}${namespace}/`) ?? []) {
      await charge(engine, request, document, before, after);
    }
  }

  return {
    name: 'resource-quota',
    admit(request) {
      const { operation, kind, object, old, address } = request;
      const { namespace } = address;
      if (operation === 'delete' || namespace === undefined) return undefined;
      if (kind.group === '' && kind.plural === 'resourcequotas') {
        // A quota counts from its first moment; its own status is written by nobody else.
        return address.subresource === undefined ? measure(engine, request) : undefined;
      }
      return hasQuotas(namespace) ? account(request, namespace, old, object) : undefined;
    },
    release(request) {
      const { namespace } = request.address;
      if (namespace === undefined || !hasQuotas(namespace)) return undefined;
      return account(request, namespace, request.object, undefined);
    },
  };
}

/** Charges one quota with the change from `before` to `after`. Throws `Forbidden` when that is too much. */
async function charge(
  engine: Engine,
  request: AdmissionRequest,
  document: Document,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): Promise<void> {
  const key = documentKey(quotaKind, request.address.namespace, document.object.metadata.name);
  // An update that is also the end of an object is charged twice in one batch.
  const pending = request.pending(key)?.body;
  const quota = (pending instanceof Document ? pending : document).object as unknown as ResourceQuota;
  const hard = quota.spec?.hard ?? {};
  const { kind } = request;
  const names = Object.keys(hard);
  const added = after && inScope(quota, kind, after) ? usageOf(kind, after) : {};
  const freed = before && inScope(quota, kind, before) ? usageOf(kind, before) : {};
  const name = request.object.metadata.name ?? '';
  const isNew = before === undefined && after !== undefined && inScope(quota, kind, after);
  const missing = isNew ? unspecified(kind, after, names) : [];
  if (missing.length > 0)
    throw forbidden(kind, name, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`);
  if (!names.some((resource) => added[resource] !== freed[resource])) return;
  const known = quota.status?.used ?? (await countedUsage(engine, quota));
  const used: Record<string, string | number> = { ...known };
  const exceeded: string[] = [];
  for (const resource of names) {
    const more = added[resource] ?? '0';
    const less = freed[resource] ?? '0';
    const total = subtractQuantities(addQuantities(used[resource] ?? '0', more), less);
    const limit = hard[resource] as string;
    if (compareQuantities(more, less) > 0 && compareQuantities(total, limit) > 0) exceeded.push(resource);
    used[resource] = compareQuantities(total, '0') < 0 ? '0' : total;
  }
  if (exceeded.length > 0) throw forbidden(kind, name, exceededText(quota, exceeded, added, freed, known, hard));
  const { resourceVersion: _, ...metadata } = quota.metadata;
  const next = { ...quota, metadata, status: { hard, used } };
  request.append({ key, body: Document.draft(next), previous: document.revision });
}

function exceededText(
  quota: ResourceQuota,
  exceeded: readonly string[],
  added: Usage,
  freed: Usage,
  used: ResourceList,
  hard: ResourceList,
): string {
  const list = (of: (resource: string) => string | number | undefined) =>
    exceeded.map((resource) => `${resource}=${of(resource)}`).join(',');
  const requested = list((resource) => subtractQuantities(added[resource] ?? '0', freed[resource] ?? '0'));
  return `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${list((resource) => used[resource] ?? '0')}, limited: ${list((resource) => hard[resource])}`;
}

/** Writes into a new or changed quota what its namespace uses now. */
async function measure(engine: Engine, request: AdmissionRequest): Promise<void> {
  const quota = request.object as unknown as ResourceQuota;
  const before = request.old as Partial<ResourceQuota> | undefined;
  if (before && isDeepEqual(before.spec, quota.spec)) return;
  await request.hold(`/quotas/${request.address.namespace}`);
  await engine.current();
  const used = await countedUsage(engine, quota);
  Object.assign(request.object, { status: { hard: quota.spec?.hard ?? {}, used } });
}

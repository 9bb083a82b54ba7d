import { type Cause, type KindDefinition, type KubeObject, StatusFailure } from '@godwit/kinds';
import type { Write } from '@godwit/store';
import { documentKey } from '../documents/keys.ts';
import { conflict, detailsOf, notFound } from '../validation/index.ts';
import type { Engine } from './engine.ts';

/** Key that every binding to a node and every growth there advances: two that do not know of each other cannot both succeed. */
export function allocationKey(node: string): string {
  return `/allocations/nodes/${node}`;
}

/** Machines that are bound to a node, and those on their way there: they have their room already. */
export function machinesOn(engine: Engine, node: string): readonly KubeObject[] {
  return engine.machines.flatMap(({ hub: machines, nodeField, comingField }) =>
    [nodeField, comingField].flatMap((field) => {
      const read = field === undefined ? undefined : machines.kind.selectableFields[field];
      if (field === undefined || !read) return [];
      return [...machines.cache.by(field, node, read)].map(([, document]) => document.object);
    }),
  );
}

/**
 * The write that advances the node's allocation key, once the machine is known to fit there beside all others: part of
 * the batch that binds it or makes it larger. Throws `Conflict` with what is short.
 */
export async function roomOn(
  engine: Engine,
  kind: KindDefinition,
  name: string,
  node: string,
  machine: KubeObject,
): Promise<Write> {
  const key = allocationKey(node);
  const entry = await engine.store.get(key);
  // The key is read first: the caches that are waited for then show every binding that it stands for.
  await engine.current();
  const nodeKind = engine.kinds.find('', 'v1', 'nodes');
  if (nodeKind && engine.options.fits) {
    const hub = await engine.hubs.live(nodeKind);
    const host = hub.cache.get(documentKey(nodeKind, undefined, node));
    if (!host) throw notFound(nodeKind, node);
    const reasons = engine.options.fits({ node: host.object, bound: machinesOn(engine, node), machine });
    if (reasons.length > 0) {
      const causes = reasons.map(
        (message): Cause => ({ reason: 'FieldValueForbidden', field: 'target.name', message }),
      );
      const text = `it does not fit on node "${node}": ${reasons.join('; ')}`;
      const failure = conflict(kind, name, text);
      throw new StatusFailure('Conflict', failure.message, detailsOf(kind, name, { causes }));
    }
  }
  return { key, body: { text: '{}' }, previous: entry?.revision ?? 0 };
}

import { type Cause, type KindDefinition, type KubeObject, StatusFailure } from '@godwit/kinds';
import type { Write } from '@godwit/store';
import { type MachineHub, nodeFieldsOf } from '../authorization/node-authorizer.ts';
import type { Document } from '../documents/document.ts';
import { documentKey } from '../documents/keys.ts';
import { conflict, detailsOf, notFound } from '../validation/index.ts';
import type { Engine } from './engine.ts';
import type { Allocations } from './options.ts';

/** Key that every binding to a node and every growth there advances: two that do not know of each other cannot both succeed. */
export function allocationKey(node: string): string {
  return `/allocations/nodes/${node}`;
}

/** Machines that are bound to a node, and those on their way there: they have their room already. */
export function machinesOn(engine: Engine, node: string): readonly KubeObject[] {
  return engine.machines.flatMap((machine) =>
    nodeFieldsOf(machine).flatMap((field) => {
      const { kind, cache } = machine.hub;
      const read = kind.selectableFields[field];
      return read ? [...cache.by(field, node, read)].map(([, document]) => document.object) : [];
    }),
  );
}

/** Tells `allocations` of every machine that has a node, and from then on of every change. */
export function tellAllocations(allocations: Allocations, machines: readonly MachineHub[]): void {
  for (const machine of machines) {
    const { hub } = machine;
    const readers = nodeFieldsOf(machine).flatMap((field) => hub.kind.selectableFields[field] ?? []);
    const nodesOf = ({ object }: Document) =>
      new Set(readers.map((read) => read(object)).filter((node) => node !== ''));
    const uidOf = (document: Document | undefined) => document?.object.metadata.uid;
    const tell = (before: Document | undefined, after: Document | undefined) => {
      const now = after && nodesOf(after);
      const isSame = uidOf(before) === uidOf(after);
      for (const node of before ? nodesOf(before) : []) {
        if (!isSame || !now?.has(node)) allocations.note(node, uidOf(before) ?? '', undefined);
      }
      for (const node of now ?? []) allocations.note(node, uidOf(after) ?? '', after);
    };
    for (const document of hub.cache.values()) tell(undefined, document);
    hub.onChange(({ before, after }) => tell(before, after));
  }
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
  if (nodeKind && engine.allocations) {
    const hub = await engine.hubs.live(nodeKind);
    const host = hub.cache.get(documentKey(nodeKind, undefined, node));
    if (!host) throw notFound(nodeKind, node);
    const refusals = engine.allocations.refusals(host.object, machine);
    if (refusals.length > 0) {
      const causes = refusals.map(
        (message): Cause => ({ reason: 'FieldValueForbidden', field: 'target.name', message }),
      );
      const text = `it does not fit on node "${node}": ${refusals.join('; ')}`;
      const failure = conflict(kind, name, text);
      throw new StatusFailure('Conflict', failure.message, detailsOf(kind, name, { causes }));
    }
  }
  return { key, body: { text: '{}' }, previous: entry?.revision ?? 0 };
}

import { type Address, type KindDefinition, type KubeObject, nodeNameLabel } from '@godwit/kinds';
import { addressed, addressParent } from '../../admission/addresses/machine-address.ts';
import { Document } from '../../documents/document.ts';
import { documentKey } from '../../documents/keys.ts';
import { conflict, forbidden, modified } from '../../validation/index.ts';
import type { Attempt } from '../attempt.ts';
import type { Engine } from '../engine.ts';
import { type Condition, scheduled } from '../scheduled.ts';
import { type Assignment, assign, checkUid, readAssignment, withAnnotations } from './assignment.ts';
import type { Subresource } from './subresource.ts';

/**
 * Puts a machine on a node: `pods/binding`, `bindings` and `virtualmachineinstances/binding`. The machine, its
 * address and the node's allocation key are one batch.
 */
export const bindingSubresource: Subresource = {
  async create(engine, caller, address, object, options) {
    const place = placeOf(address, object as Partial<KubeObject> | undefined);
    engine.authorizeAddress(caller, 'create', place);
    const assignment = readAssignment(engine, caller, place, object, options);
    return assign(engine, caller, assignment, {
      check: (machine) => checkUnbound(assignment, machine),
      assigned: (machine, attempt) => bound(engine, attempt, assignment, machine),
    });
  },
};

/** `bindings` names the pod in the object itself. */
function placeOf(address: Address, body: Partial<KubeObject> | undefined): Address {
  const name = address.name ?? body?.metadata?.name ?? '';
  return address.plural === 'bindings' ? { ...address, plural: 'pods', name, subresource: 'binding' } : address;
}

interface MachineLike extends KubeObject {
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: { readonly nodeName?: string; readonly phase?: string; readonly conditions?: readonly Condition[] };
}

function isPod(kind: KindDefinition): boolean {
  return kind.group === '';
}

function nodeOf(kind: KindDefinition, machine: MachineLike): string {
  return (isPod(kind) ? machine.spec?.nodeName : machine.status?.nodeName) ?? '';
}

function checkUnbound(assignment: Assignment, { object, revision }: Document): void {
  const { kind, asked } = assignment;
  const { name, deletionTimestamp } = object.metadata;
  checkUid(assignment, object);
  if (asked.resourceVersion && asked.resourceVersion !== String(revision)) throw modified(kind, name);
  if (deletionTimestamp) throw conflict(kind, name, 'it is being deleted, cannot be assigned to a host');
  const node = nodeOf(kind, object);
  if (node !== '') throw conflict(kind, name, `it is already assigned to node "${node}"`);
}

/** The machine as it stands once it is bound. */
async function bound(engine: Engine, attempt: Attempt, assignment: Assignment, old: MachineLike): Promise<KubeObject> {
  const { kind, node } = assignment;
  await holdOwner(engine, attempt, assignment, old);
  const machine = addressed(engine.addresses, kind, withAnnotations(old, assignment) as MachineLike, attempt);
  const { metadata, spec, status } = machine;
  const labels = { ...metadata.labels, [nodeNameLabel]: node };
  const next: MachineLike = isPod(kind)
    ? { ...machine, spec: { ...spec, nodeName: node }, status: scheduled(machine.status, engine.now()) }
    : { ...machine, metadata: { ...metadata, labels }, status: { ...status, nodeName: node, phase: 'Scheduled' } };
  const causes = kind.validate?.(next, { old, subresource: 'binding' }) ?? [];
  if (causes.length === 0) return next;
  throw forbidden(kind, metadata.name ?? '', causes.map((cause) => cause.message).join(', '), causes);
}

/**
 * The address of an instance belongs to its VirtualMachine, which gives it back when it goes: so that is there, and is
 * written again as it is in the batch that gives the address. Of the two, one is refused or tried again.
 */
async function holdOwner(
  engine: Engine,
  attempt: Attempt,
  { kind, place: { namespace = '', name = '' } }: Assignment,
  { metadata }: MachineLike,
): Promise<void> {
  const parent = addressParent(kind.group, kind.plural, { metadata } as KubeObject);
  const owners = parent.resource === kind.plural ? undefined : engine.kinds.find(kind.group, 'v1', parent.resource);
  if (!engine.addresses || !owners) return;
  const owner = await engine.stored(owners, namespace, parent.name);
  const isOwner = metadata.ownerReferences?.some(({ uid }) => uid === owner?.object.metadata.uid);
  if (!owner || !isOwner) throw conflict(kind, name, `its VirtualMachine ${parent.name} is gone`);
  const { resourceVersion: _, ...kept } = owner.object.metadata;
  const body = Document.draft({ ...owner.object, metadata: kept });
  attempt.append({ key: documentKey(owners, namespace, parent.name), body, previous: owner.revision });
}

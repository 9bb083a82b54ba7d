import {
  type Address,
  anyKind,
  type Binding,
  binding as bindingKind,
  type KindDefinition,
  type KubeObject,
  nodeNameLabel,
  StatusFailure,
} from '@godwit/kinds';
import { addressesAnnotation, addressParent, machineAddresses } from '../../admission/addresses/machine-address.ts';
import { Document } from '../../documents/document.ts';
import { documentKey } from '../../documents/keys.ts';
import { conflict, detailsOf, forbidden, modified } from '../../validation/index.ts';
import { allocationKey, roomOn } from '../allocation.ts';
import { type Attempt, untilWritten } from '../attempt.ts';
import type { Engine } from '../engine.ts';
import { entriesOfUpdate, managerOf } from '../managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from '../operations.ts';
import { readObject } from '../read-object.ts';
import type { Subresource } from './subresource.ts';

const kindOfBinding = anyKind(bindingKind);

/**
 * Puts a machine on a node: `pods/binding`, `bindings` and `virtualmachineinstances/binding`. The machine, its
 * address and the node's allocation key are one batch, and whether it fits is judged by what is bound then.
 */
export const bindingSubresource: Subresource = {
  async create(engine, caller, address, object, options) {
    const body = object as Partial<KubeObject> | undefined;
    const name = address.name ?? body?.metadata?.name ?? '';
    const place: Address =
      address.plural === 'bindings' ? { ...address, plural: 'pods', name, subresource: 'binding' } : address;
    const kind = engine.kinds.at(place);
    engine.authorizeAddress(caller, 'create', place);
    const at = { ...place, group: '', version: 'v1', plural: 'bindings', name };
    const wanted = readObject(caller, kindOfBinding, at, object, options) as unknown as Binding;
    const node = wanted.target.name ?? '';
    if (wanted.target.kind !== undefined && wanted.target.kind !== 'Node' && wanted.target.kind !== 'Minion') {
      throw new StatusFailure(
        'BadRequest',
        `target.kind: Unsupported value: "${wanted.target.kind}": supported values: "Node"`,
      );
    }
    if (node === '') throw new StatusFailure('BadRequest', 'target.name: Required value');
    const release = await engine.locks.acquire(allocationKey(node));
    try {
      return await bind(engine, caller, kind, { ...place, name }, wanted, node, options);
    } finally {
      release();
    }
  },
};

async function bind(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  place: Address,
  wanted: Binding,
  node: string,
  options: DocumentWriteOptions,
): Promise<Written> {
  const { namespace, name = '' } = place;
  const key = documentKey(kind, namespace, name);
  return untilWritten(
    engine,
    caller,
    options.dryRun ?? false,
    async (attempt) => {
      const current = await engine.existing(kind, namespace, name);
      checkUnbound(kind, current, wanted);
      // The decision comes with the binding, and says which GPUs it is about.
      const asked = withAnnotations(current.object, wanted.metadata.annotations);
      const allocation = await roomOn(engine, kind, name, node, asked);
      const machine = await bound(engine, caller, attempt, kind, place, current.object, wanted, node, options);
      attempt.append({ key, body: Document.draft(machine), previous: current.revision });
      attempt.append(allocation);
      const end = await attempt.commit();
      return typeof end === 'number' ? { document: Document.answer(success(kind, name)), created: true } : undefined;
    },
    () => modified(kind, name),
  );
}

function withAnnotations(object: KubeObject, more: Readonly<Record<string, string>> | undefined): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } } };
}

function success(kind: KindDefinition, name: string): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: detailsOf(kind, name),
    code: 201,
  };
}

interface MachineLike extends KubeObject {
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: { readonly nodeName?: string; readonly phase?: string; readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
}

function isPod(kind: KindDefinition): boolean {
  return kind.group === '';
}

function nodeOf(kind: KindDefinition, machine: MachineLike): string {
  return (isPod(kind) ? machine.spec?.nodeName : machine.status?.nodeName) ?? '';
}

function checkUnbound(kind: KindDefinition, { object, revision }: Document, wanted: Binding): void {
  const { name, uid, deletionTimestamp } = object.metadata;
  const asked = wanted.metadata;
  if (asked.uid && asked.uid !== uid) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${asked.uid}, UID in object meta: ${uid}`);
  }
  if (asked.resourceVersion && asked.resourceVersion !== String(revision)) throw modified(kind, name);
  if (deletionTimestamp) throw conflict(kind, name, `it is being deleted, cannot be assigned to a host`);
  const node = nodeOf(kind, object);
  if (node !== '') throw conflict(kind, name, `it is already assigned to node "${node}"`);
}

/** The machine as it stands once it is bound. */
async function bound(
  engine: Engine,
  caller: Caller,
  attempt: Attempt,
  kind: KindDefinition,
  place: Address,
  old: MachineLike,
  wanted: Binding,
  node: string,
  options: DocumentWriteOptions,
): Promise<KubeObject> {
  const now = engine.now();
  const annotations = { ...old.metadata.annotations, ...wanted.metadata.annotations };
  if (engine.addresses && !old.spec?.hostNetwork) {
    const parent = addressParent(kind.group, kind.plural, old);
    const namespace = place.namespace ?? '';
    const given = machineAddresses(engine.addresses, parent, namespace, (end) => attempt.onEnd(end));
    for (const write of given?.writes ?? []) attempt.append(write);
    if (given) annotations[addressesAnnotation] = given.annotation;
  }
  const { resourceVersion: _, ...metadata } = old.metadata;
  const machine: MachineLike = isPod(kind)
    ? {
        ...old,
        metadata: { ...metadata, annotations },
        spec: { ...old.spec, nodeName: node },
        status: scheduled(old, now),
      }
    : {
        ...old,
        metadata: { ...metadata, annotations, labels: { ...metadata.labels, [nodeNameLabel]: node } },
        status: { ...old.status, nodeName: node, phase: 'Scheduled' },
      };
  const causes = kind.validate?.(machine, { old: old, subresource: 'binding' }) ?? [];
  if (causes.length > 0)
    throw forbidden(kind, metadata.name ?? '', causes.map((cause) => cause.message).join(', '), causes);
  const manager = managerOf(caller, options.fieldManager, 'Update', 'binding');
  const managedFields = entriesOfUpdate(kind, old, machine, undefined, manager, now);
  return { ...machine, metadata: { ...machine.metadata, managedFields } };
}

/** A pod's status with the condition that says it has a node. */
function scheduled({ status }: MachineLike, now: string): NonNullable<MachineLike['status']> {
  const others = (status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  return { ...status, conditions: [...others, condition] };
}

import {
  anyKind,
  type Binding,
  binding as bindingKind,
  type KindDefinition,
  type KubeObject,
  movingTo,
  StatusFailure,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { Document } from '../../documents/document.ts';
import { documentKey } from '../../documents/keys.ts';
import { conflict, detailsOf, modified } from '../../validation/index.ts';
import { allocationKey, roomOn } from '../allocation.ts';
import { untilWritten } from '../attempt.ts';
import { entriesOfUpdate, managerOf } from '../managed-fields.ts';
import { readObject } from '../read-object.ts';
import type { Subresource } from './subresource.ts';

const kindOfBinding = anyKind(bindingKind);

/**
 * `virtualmachineinstances/move`: a running instance is to go to another host while it runs. Takes a Binding, whose
 * annotations (the decision) it takes over. That it moves, and the room that it has on the other host from now on, are
 * one batch. The hosts do the rest: the one that it arrives at writes `status.nodeName` and the end of
 * `status.migrationState`, which gives back the room on the one that it left; or that it failed.
 */
export const moveSubresource: Subresource = {
  async create(engine, caller, address, object, options) {
    const kind = engine.kinds.at(address);
    engine.authorizeAddress(caller, 'create', address);
    const { name = '', namespace } = address;
    const at = { ...address, group: '', version: 'v1', plural: 'bindings' };
    const { metadata: asked, target } = readObject(caller, kindOfBinding, at, object, options) as unknown as Binding;
    const node = target.name ?? '';
    if (node === '') throw new StatusFailure('BadRequest', 'target.name: Required value');
    const release = await engine.locks.acquire(allocationKey(node));
    try {
      return await untilWritten(
        engine,
        caller,
        options.dryRun ?? false,
        async (attempt) => {
          const current = await engine.existing(kind, namespace, name);
          const old = current.object as unknown as VirtualMachineInstance;
          checkMovable(kind, old, asked.uid, node);
          const allocation = await roomOn(engine, kind, name, node, current.object);
          const machine = moving(old, asked.annotations, node, engine.now(), engine.world.ids.uuid());
          const manager = managerOf(caller, options.fieldManager, 'Update', 'move');
          const managedFields = entriesOfUpdate(kind, current.object, machine, undefined, manager, engine.now());
          const managed = { ...machine, metadata: { ...machine.metadata, managedFields } };
          attempt.append({
            key: documentKey(kind, namespace, name),
            body: Document.draft(managed as KubeObject),
            previous: current.revision,
          });
          attempt.append(allocation);
          const end = await attempt.commit();
          return typeof end === 'number'
            ? { document: Document.answer(success(kind, name)), created: true }
            : undefined;
        },
        () => modified(kind, name),
      );
    } finally {
      release();
    }
  },
};

function checkMovable(
  kind: KindDefinition,
  instance: VirtualMachineInstance,
  uid: string | undefined,
  node: string,
): void {
  const { metadata, status } = instance;
  const { name = '' } = metadata;
  if (uid && uid !== metadata.uid) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (metadata.deletionTimestamp) throw conflict(kind, name, 'it is being deleted');
  if (status?.phase !== 'Running') throw conflict(kind, name, 'it does not run');
  if (status.nodeName === node) throw conflict(kind, name, `it is on node "${node}" already`);
  const under = movingTo(instance);
  if (under !== undefined) throw conflict(kind, name, `it is on its way to node "${under}" already`);
  const stays = status.conditions?.find(({ type }) => type === 'LiveMigratable');
  if (stays?.status === 'False') throw conflict(kind, name, `it cannot move: ${stays.message ?? stays.reason ?? ''}`);
}

function moving(
  old: VirtualMachineInstance,
  more: Readonly<Record<string, string>> | undefined,
  node: string,
  now: string,
  uid: string,
): KubeObject {
  const { resourceVersion: _, ...metadata } = old.metadata;
  const sourceNode = old.status?.nodeName ?? '';
  return {
    ...old,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } },
    status: {
      ...old.status,
      migrationState: { startTimestamp: now, migrationUid: uid, mode: 'PreCopy', sourceNode, targetNode: node },
    },
  } as KubeObject;
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

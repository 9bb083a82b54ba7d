import { type KubeObject, movingTo, type VirtualMachineInstance } from '@godwit/kinds';
import { conflict } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import { type Assignment, assign, checkUid, readAssignment, withAnnotations } from './assignment.ts';
import type { Subresource } from './subresource.ts';

/**
 * `virtualmachineinstances/move`: a running instance is to go to another host while it runs. Takes a Binding, whose
 * annotations (the decision) it takes over. That it moves, and the room that it has on the other host from now on, are
 * one batch. The hosts do the rest: the one that it arrives at writes `status.nodeName` and the end of
 * `status.migrationState`, which gives back the room on the one that it left; or that it failed.
 */
export const moveSubresource: Subresource = {
  async create(engine, caller, address, object, options) {
    engine.authorizeAddress(caller, 'create', address);
    const assignment = readAssignment(engine, caller, address, object, options);
    return assign(engine, caller, assignment, {
      check: ({ object: machine }) => checkMovable(assignment, machine as unknown as VirtualMachineInstance),
      assigned: (machine) => moving(engine, assignment, machine as VirtualMachineInstance),
    });
  },
};

function checkMovable(assignment: Assignment, instance: VirtualMachineInstance): void {
  const { kind, node } = assignment;
  const { metadata, status } = instance;
  const { name = '' } = metadata;
  checkUid(assignment, instance);
  if (metadata.deletionTimestamp) throw conflict(kind, name, 'it is being deleted');
  if (status?.phase !== 'Running') throw conflict(kind, name, 'it does not run');
  if (status.nodeName === node) throw conflict(kind, name, `it is on node "${node}" already`);
  const under = movingTo(instance);
  if (under !== undefined) throw conflict(kind, name, `it is on its way to node "${under}" already`);
  const stays = status.conditions?.find(({ type }) => type === 'LiveMigratable');
  if (stays?.status === 'False') throw conflict(kind, name, `it cannot move: ${stays.message ?? stays.reason ?? ''}`);
}

function moving(engine: Engine, assignment: Assignment, old: VirtualMachineInstance): KubeObject {
  const migrationState = {
    startTimestamp: engine.now(),
    migrationUid: engine.world.ids.uuid(),
    mode: 'PreCopy',
    sourceNode: old.status?.nodeName ?? '',
    targetNode: assignment.node,
  };
  return { ...withAnnotations(old, assignment), status: { ...old.status, migrationState } } as KubeObject;
}

import {
  type Address,
  checkInstanceOrder,
  type InstanceOrder,
  type LifecycleChange,
  type MachineOrder,
  restartMachine,
  StatusFailure,
  startMachine,
  stopMachine,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { objectSchema } from '../../patch/index.ts';
import { notFound } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import { entriesOfUpdate, managerOf } from '../managed-fields.ts';
import type { Caller } from '../operations.ts';
import { patchedValue } from '../patch.ts';
import { readObject } from '../read-object.ts';
import { changeObject } from '../update.ts';
import { expandSent, expandStored } from './machine-expansion.ts';
import { locate } from './machine-streams.ts';

type LifecycleOrder = (
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  options: object,
) => LifecycleChange;

/** Orders to a VirtualMachine: they only write, and its controller does the rest. */
const lifecycle: Readonly<Record<string, LifecycleOrder>> = {
  start: startMachine,
  stop: stopMachine,
  restart: restartMachine,
};

/** Orders to a running instance, which its host carries out. */
const orders: Readonly<Record<string, MachineOrder>> = {
  pause: 'pause',
  unpause: 'unpause',
  softreboot: 'soft-reboot',
  reset: 'reset',
  freeze: 'freeze',
  unfreeze: 'unfreeze',
  guestosinfo: 'guest-info',
  filesystemlist: 'filesystem-list',
  userlist: 'user-list',
};

/** Has no objects of its own: a machine is sent, and comes back expanded. */
export const expansionResource = 'expand-vm-spec';

const questions = new Set(['guestosinfo', 'filesystemlist', 'userlist']);

/** KubeVirt's subresources; the address is under `subresources.kubevirt.io`. */
export async function actOn(
  engine: Engine,
  caller: Caller,
  address: Address,
  verb: 'get' | 'update',
  body: unknown,
): Promise<unknown> {
  engine.authorizeAddress(caller, verb, address);
  const { plural, subresource = '' } = address;
  if (plural === 'virtualmachines' && verb === 'update' && lifecycle[subresource]) {
    return changeLife(engine, caller, address, lifecycle[subresource], body);
  }
  if (plural === 'virtualmachines' && verb === 'get' && subresource === 'expand-spec') {
    return expandStored(engine, address);
  }
  if (plural === expansionResource && verb === 'update') return expandSent(engine, caller, address, body);
  const order = orders[subresource];
  if (plural !== 'virtualmachineinstances' || !order || questions.has(subresource) !== (verb === 'get')) {
    throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  }
  const { object, machine, access } = await locate(engine, address);
  const instance = object as unknown as VirtualMachineInstance;
  if (verb === 'update') checkInstanceOrder(instance, subresource as InstanceOrder);
  else if (instance.status?.phase !== 'Running') {
    throw new StatusFailure('Conflict', `VMI ${machine.name} is not running`);
  }
  return access.order(machine, order);
}

/** Tries that a change gets when machine or instance change meanwhile. */
const TRIES = 8;

async function changeLife(
  engine: Engine,
  caller: Caller,
  address: Address,
  order: LifecycleOrder,
  body: unknown,
): Promise<undefined> {
  const { name = '', namespace = '' } = address;
  const machines = engine.kinds.find('kubevirt.io', 'v1', 'virtualmachines');
  const instances = engine.kinds.find('kubevirt.io', 'v1', 'virtualmachineinstances');
  if (!machines || !instances) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  const options = typeof body === 'object' && body !== null ? body : {};
  for (let tries = 1; ; tries++) {
    const machine = await engine.stored(machines, namespace, name);
    if (!machine) throw notFound(machines, name);
    const instance = await engine.stored(instances, namespace, name);
    const found = instance?.object as unknown as VirtualMachineInstance | undefined;
    const change = order(machine.object as unknown as VirtualMachine, found, options);
    const dryRun = 'dryRun' in options && Array.isArray(options.dryRun) && options.dryRun.length > 0;
    const write = (
      plural: 'virtualmachines' | 'virtualmachineinstances',
      patch: object,
      version: number,
      subresource?: string,
    ) =>
      mergeInto(
        engine,
        caller,
        { group: 'kubevirt.io', version: 'v1', plural, namespace, name, ...(subresource && { subresource }) },
        patch,
        version,
        dryRun,
      );
    try {
      if (change.instance && instance) await write('virtualmachineinstances', change.instance, instance.revision);
      const written = change.machine
        ? await write('virtualmachines', change.machine, machine.revision)
        : machine.revision;
      if (change.status) await write('virtualmachines', change.status, written, 'status');
      return undefined;
    } catch (error) {
      if (!(error instanceof StatusFailure) || error.reason !== 'Conflict' || tries === TRIES) throw error;
    }
  }
}

/** Writes a merge patch made for one version; answers the version that it left. */
async function mergeInto(
  engine: Engine,
  caller: Caller,
  address: Address,
  patch: object,
  version: number,
  dryRun: boolean,
): Promise<number> {
  const kind = engine.kinds.at(address);
  const manager = managerOf(caller, undefined, 'Update', address.subresource);
  const { document } = await changeObject(engine, caller, kind, address, { dryRun }, ({ object: old }) => {
    const value = patchedValue(old, { type: 'merge', body: patch }, objectSchema(kind));
    return {
      object: readObject(caller, kind, address, value, { fieldValidation: 'Ignore' }),
      resourceVersion: String(version),
      uid: old.metadata.uid,
      manage: (before, final, time) => entriesOfUpdate(kind, before, final, undefined, manager, time),
    };
  });
  return document.revision;
}

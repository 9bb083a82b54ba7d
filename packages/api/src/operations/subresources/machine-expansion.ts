import {
  type Address,
  completeMachine,
  expandMachine,
  type KubeObject,
  resolveType,
  StatusFailure,
  typeRoles,
  typesFound,
  type VirtualMachine,
} from '@godwit/kinds';
import { invalid } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import type { Caller } from '../operations.ts';
import { readObject } from '../read-object.ts';
import { typeLookup } from '../type-lookup.ts';

/** `GET virtualmachines/<name>/expand-spec`: a machine with everything that its instancetype and preference say. */
export async function expandStored(engine: Engine, { namespace, name = '' }: Address): Promise<KubeObject> {
  const stored = await engine.existing(machineKind(engine), namespace, name);
  return expanded(engine, stored.object as unknown as VirtualMachine);
}

/** `PUT expand-vm-spec`: the same of a machine that need not exist. */
export function expandSent(engine: Engine, caller: Caller, address: Address, body: unknown): Promise<KubeObject> {
  const { namespace = '' } = address;
  const kind = machineKind(engine);
  const place = { group: kind.group, version: kind.version, plural: kind.plural, namespace };
  const object = readObject(caller, kind, place, body);
  kind.defaults?.(object);
  return expanded(engine, object as unknown as VirtualMachine);
}

async function expanded(engine: Engine, machine: VirtualMachine): Promise<KubeObject> {
  const lookup = await typeLookup(engine, machine.metadata.namespace ?? '');
  const [instancetype, preference] = typeRoles.map((role) => resolveType(role, machine, lookup));
  for (const one of [instancetype, preference]) {
    if (one?.type === 'missing') throw new StatusFailure('NotFound', one.message);
  }
  const expansion = expandMachine(machine, typesFound(instancetype, preference));
  if (expansion.type === 'refused') throw invalid(machineKind(engine), machine.metadata.name ?? '', expansion.causes);
  return completeMachine(expansion.machine);
}

function machineKind(engine: Engine) {
  const kind = engine.kinds.find('kubevirt.io', 'v1', 'virtualmachines');
  if (!kind) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  return kind;
}

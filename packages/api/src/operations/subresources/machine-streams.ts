import {
  type Address,
  type KubeObject,
  type MachineAccess,
  type MachineName,
  type MachineStream,
  StatusFailure,
  type StreamRequest,
} from '@godwit/kinds';
import { notFound } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import type { Caller } from '../operations.ts';

/** Where a machine runs, and how that host is reached. */
export interface LocatedMachine {
  readonly object: KubeObject;
  readonly machine: MachineName;
  readonly access: MachineAccess;
}

/** exec, attach, log and port-forward of Pods, console and screen of VirtualMachineInstances. */
export async function openStream(
  engine: Engine,
  caller: Caller,
  address: Address,
  verb: 'get' | 'create',
  request: StreamRequest,
  signal: AbortSignal,
): Promise<MachineStream> {
  engine.authorizeAddress(caller, verb, address);
  const { machine, access, object } = await locate(engine, address);
  return access.stream(machine, withContainer(object, request), signal);
}

/** Throws `NotFound`, `BadRequest` for a machine that has no host yet, `ServiceUnavailable` for one out of reach. */
export async function locate(engine: Engine, address: Address): Promise<LocatedMachine> {
  const { name = '', namespace = '' } = address;
  // A VirtualMachine is reached through its running instance, which has its name.
  const plural = address.plural === 'virtualmachines' ? 'virtualmachineinstances' : address.plural;
  const kind = engine.kinds.find(plural === 'pods' ? '' : 'kubevirt.io', 'v1', plural);
  if (!kind) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  const document = await engine.stored(kind, namespace, name);
  if (!document) throw notFound(kind, name);
  const object: KubeObject & MachinePlace = document.object;
  const node = plural === 'pods' ? object.spec?.nodeName : object.status?.nodeName;
  if (!node) throw new StatusFailure('BadRequest', `${kind.singular} ${name} does not have a host assigned`);
  const access = engine.options.machines?.(node);
  if (!access)
    throw new StatusFailure('ServiceUnavailable', `node "${node}" of ${kind.singular} "${name}" cannot be reached`);
  const machine = { kind: kind.kind as MachineName['kind'], namespace, name, uid: document.object.metadata.uid };
  return { object, machine, access };
}

interface MachinePlace {
  readonly spec?: { readonly nodeName?: string; readonly containers?: readonly { readonly name: string }[] };
  readonly status?: { readonly nodeName?: string };
}

/** The only container is meant when none is named; of several the one that an annotation makes the default. */
function withContainer(object: KubeObject & MachinePlace, request: StreamRequest): StreamRequest {
  if (request.type !== 'exec' && request.type !== 'attach' && request.type !== 'logs') return request;
  if (request.container) return request;
  const names = (object.spec?.containers ?? []).map((container) => container.name);
  const preferred = object.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const container = preferred && names.includes(preferred) ? preferred : names[0];
  if (names.length > 1 && container !== preferred) {
    const list = names.join(' ');
    const { name } = object.metadata;
    throw new StatusFailure(
      'BadRequest',
      `a container name must be specified for pod ${name}, choose one of: [${list}]`,
    );
  }
  return container === undefined ? request : { ...request, container };
}

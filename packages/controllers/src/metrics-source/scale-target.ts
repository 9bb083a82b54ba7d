import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type Address, builtInKinds, type KindDefinition, type MachineKind, type Scale } from '@godwit/kinds';
import { annotationsOfAction, type ScaleReason } from './action-record.ts';

export interface TargetReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** What is scaled: how many machines it should have and has, and which they are. */
export interface ScaleTarget {
  readonly address: Address;
  readonly machines: MachineKind;
  readonly wanted: number;
  readonly present: number;
  /** Label selector of the machines, as text. */
  readonly selector: string;
}

/** Equal for references that mean the same object, in whatever version of its kind. */
export function targetKey(namespace: string | undefined, reference: TargetReference): string {
  return `${namespace ?? ''}/${groupOf(reference)}/${reference.kind}/${reference.name}`;
}

const groupOf = ({ apiVersion = '' }: TargetReference) => apiVersion.split('/').slice(0, -1).join('/');

/** The kind that a reference means, by its group and name: any version of it will do. */
export function kindOfTarget(reference: TargetReference): KindDefinition {
  const { apiVersion = 'v1', kind } = reference;
  const group = groupOf(reference);
  const found = builtInKinds.find((candidate) => candidate.group === group && candidate.kind === kind);
  if (!found) throw new Failure('unknown-kind', `there is no kind ${kind} in ${apiVersion}`);
  return found;
}

/** Reads the scale of a target. Throws when there is none. */
export async function readScale(
  client: ApiClient,
  reference: TargetReference,
  namespace: string,
): Promise<ScaleTarget> {
  const kind = kindOfTarget(reference);
  if (!kind.subresources.scale)
    throw new Failure('not-scalable', `objects of kind ${reference.kind} have no number of machines`);
  const { group, version, plural } = kind;
  const address = { group, version, plural, namespace, name: reference.name, subresource: 'scale' };
  const { spec, status } = (await client.door.get(address)) as Scale;
  return {
    address,
    machines: group.endsWith('kubevirt.io') ? 'VirtualMachineInstance' : 'Pod',
    wanted: spec?.replicas ?? 0,
    present: status?.replicas ?? 0,
    selector: status?.selector ?? '',
  };
}

/** Sets the number of machines, and writes the reason for it beside it: one write. */
export async function writeScale(
  client: ApiClient,
  { address, wanted }: ScaleTarget,
  replicas: number,
  reason: ScaleReason,
): Promise<void> {
  const { subresource: _, ...whole } = address;
  const object = await client.door.get(whole);
  const action = { do: 'scale', to: { machines: replicas }, in: { before: wanted } } as const;
  const annotations = annotationsOfAction(client, object, reason, action);
  await client.door.patch(whole, { type: 'merge', body: { metadata: { annotations }, spec: { replicas } } });
}

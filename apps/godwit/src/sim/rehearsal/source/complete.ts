import {
  type KubeObject,
  type OwnerReference,
  type Pod,
  replicaSet,
  type VirtualMachineInstance,
  virtualMachine,
} from '@godwit/kinds';
import { isMachine, isPod } from './machines.ts';
import { made, missingObjects, withoutUnknownClaims } from './missing.ts';

/** Label of pods whose set is not known: which one it was. */
const SET_LABEL = 'sim.godwit.dev/set';
/** Whose pods belong to one host, and do not come back on another. */
const OF_ONE_HOST: readonly string[] = ['DaemonSet', 'Node'];

/**
 * The objects, and what they speak of and is not among them: namespaces and the like; a VirtualMachine for each instance, and a ReplicaSet
 * for the pods of each owner, whose owner is missing or of a kind that is not known here (a StatefulSet, a Job).
 * Pods of a DaemonSet have nobody who makes them anew. Who only lists nodes and machines gets a cloud that lives.
 */
export function complete(objects: readonly KubeObject[]): readonly KubeObject[] {
  const identified = withoutUnknownClaims(objects).map(withUid);
  const known = new Set(identified.map(({ metadata }) => metadata.uid));
  const owners = new Map<string, KubeObject>();
  const owned = identified.map((object): KubeObject => {
    const owner = controllerOf(object);
    if (!isMachine(object) || !owner || known.has(owner.uid)) return object;
    if (!isPod(object)) {
      const machine = machineFor(object, owner);
      owners.set(machine.metadata.uid ?? '', machine);
      return withOwner(object, machine);
    }
    if (OF_ONE_HOST.includes(owner.kind)) return object;
    const labelled = withLabel(object, SET_LABEL, labelValue(owner.uid));
    const set = setFor(labelled, owner, owners.get(owner.uid) as Sized | undefined);
    owners.set(owner.uid, set);
    return withOwner(labelled, set);
  });
  const all = [...owners.values(), ...owned];
  const uids = new Set(all.map(({ metadata }) => metadata.uid));
  return [...missingObjects(all), ...all.map((object) => withoutStrangers(object, uids))];
}

type Sized = KubeObject & { readonly spec: { readonly replicas: number } };

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller);

/** As label values may be: a uid is one, and what stands for one may be longer. */
const labelValue = (text: string): string =>
  text
    .replaceAll(/[^a-zA-Z0-9._-]/g, '-')
    .slice(-63)
    .replace(/^[^a-zA-Z0-9]+/, '');

export function withLabel<T extends KubeObject>(object: T, name: string, value: string): T {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [name]: value } } };
}

function withUid(object: KubeObject): KubeObject {
  const { uid, namespace = '', name = '' } = object.metadata;
  if (uid !== undefined && uid !== '') return object;
  return { ...object, metadata: { ...object.metadata, uid: `${object.kind}-${namespace}-${name}`.toLowerCase() } };
}

function withOwner(
  object: KubeObject,
  { apiVersion, kind, metadata: { name = '', uid = '' } }: KubeObject,
): KubeObject {
  const others = (object.metadata.ownerReferences ?? []).filter(({ controller }) => !controller);
  const owner = { apiVersion, kind, name, uid, controller: true };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, owner] } };
}

/** Who belongs to somebody who is not there would be collected. */
function withoutStrangers(object: KubeObject, uids: ReadonlySet<string | undefined>): KubeObject {
  const { ownerReferences, ...metadata } = object.metadata;
  const known = ownerReferences?.filter(({ uid }) => uids.has(uid)) ?? [];
  return { ...object, metadata: { ...metadata, ...(known.length > 0 && { ownerReferences: known }) } };
}

function machineFor({ metadata, spec }: VirtualMachineInstance, owner: OwnerReference): KubeObject {
  const { namespace = 'default', name = '', labels = {}, creationTimestamp } = metadata;
  const isMachineOwner = owner.kind === virtualMachine.kind;
  const template = { metadata: { labels }, spec };
  const own = isMachineOwner ? { name: owner.name, uid: owner.uid } : { name, uid: `${owner.uid}-${name}` };
  const age = creationTimestamp === undefined ? {} : { creationTimestamp };
  return made(virtualMachine, { namespace, ...own, ...age }, { spec: { runStrategy: 'Always', template } });
}

/** The set of a pod's owner, with room for one more of its pods. */
function setFor({ metadata, spec }: Pod, owner: OwnerReference, known: Sized | undefined): KubeObject {
  if (known) return { ...known, spec: { ...known.spec, replicas: known.spec.replicas + 1 } } as KubeObject;
  const { namespace = 'default', labels = {}, creationTimestamp } = metadata;
  const { nodeName: _, ...template } = spec;
  const age = creationTimestamp === undefined ? {} : { creationTimestamp };
  return made(
    replicaSet,
    { namespace, name: owner.name, uid: owner.uid, ...age },
    {
      spec: {
        replicas: 1,
        selector: { matchLabels: { [SET_LABEL]: labels[SET_LABEL] } },
        template: { metadata: { labels }, spec: template },
      },
    },
  );
}

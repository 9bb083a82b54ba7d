import {
  fillRequestOf,
  localProvisioner,
  type Node,
  type NodeSelector,
  type PersistentVolume,
  type PersistentVolumeClaim,
  parseQuantity,
  type StorageClass,
  type Stored,
  selectedNodeAnnotation,
  volumeStateOf,
  waitsForFirstUser,
} from '@godwit/kinds';
import { hostOfNode, matcherOfTerms } from '@godwit/planner';
import { isFor, matchingVolume } from './matching-volume.ts';
import { volumeOfClaim } from './volume-of-claim.ts';

/** Keeps a claim while machines use it. The name is Kubernetes'. */
export const claimProtection = 'kubernetes.io/pvc-protection';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;
type ClaimStatus = NonNullable<PersistentVolumeClaim['status']>;

export interface ClaimObservation {
  readonly claim: Claim;
  readonly volumes: Iterable<Volume>;
  volume(name: string): Volume | undefined;
  readonly storageClasses: Iterable<Stored<StorageClass>>;
  readonly host: (name: string) => Stored<Node> | undefined;
  /** Where a volume can be made that nobody has chosen a host for. */
  chooseHost(within?: NodeSelector): string | undefined;
  /** A machine that has not ended uses it. */
  readonly used: boolean;
  readonly now: string;
}

export interface ClaimDecision {
  /** Metadata and spec of the claim as they are to be. */
  readonly claim: Claim;
  /** Written before the claim. */
  readonly create?: Omit<PersistentVolume, 'apiVersion' | 'kind'>;
  /** A volume that is there, to be kept for this claim before it is bound. */
  readonly reserve?: Volume;
  /** The volume is to become larger. */
  readonly grow?: { readonly volume: Volume; readonly storage: string | number };
  readonly status: ClaimStatus;
  readonly event?: { readonly warning: boolean; readonly reason: string; readonly message: string };
}

export function decideClaim(observation: ClaimObservation): ClaimDecision {
  const { claim, used } = observation;
  if (claim.metadata.deletionTimestamp) {
    return { claim: used ? claim : withoutProtection(claim), status: claim.status ?? {} };
  }
  const guarded = withClass(withProtection(claim), observation.storageClasses);
  const volumeName = guarded.spec.volumeName;
  if (!volumeName) return findVolume(observation, guarded);
  const volume = observation.volume(volumeName);
  if (!volume) return lost(guarded);
  if (volume.spec.claimRef && !isFor(volume, claim)) {
    const message = `volume "${volumeName}" is bound to another claim`;
    return pending(guarded, { warning: true, reason: 'FailedBinding', message });
  }
  return bind(observation, guarded, volume);
}

/** A volume that is there; or one that is made; or the reason why there is none yet. */
function findVolume(observation: ClaimObservation, claim: Claim): ClaimDecision {
  const storageClass = classOf(claim, observation.storageClasses);
  const selected = claim.metadata.annotations?.[selectedNodeAnnotation];
  const late = waitsForFirstUser(claim, storageClass);
  if (late && !selected) {
    const message = 'waiting for first consumer to be created before binding';
    return pending(claim, { warning: false, reason: 'WaitForFirstConsumer', message });
  }
  const found = matchingVolume(claim, late ? reachable(observation, selected ?? '') : observation.volumes);
  if (found) return bind(observation, { ...claim, spec: { ...claim.spec, volumeName: found.metadata.name } }, found);
  if (!storageClass || storageClass.provisioner !== localProvisioner)
    return pending(claim, noProvisioner(claim, storageClass));
  return makeVolume(observation, claim, storageClass, selected);
}

/** Volumes that are there already, on the host that was chosen. */
function reachable({ volumes, host }: ClaimObservation, name: string): Volume[] {
  const node = host(name);
  if (!node) return [];
  const place = hostOfNode(node);
  return [...volumes].filter(({ spec }) => {
    const required = spec.nodeAffinity?.required;
    return !required || matcherOfTerms(required.nodeSelectorTerms)(place);
  });
}

function makeVolume(
  observation: ClaimObservation,
  claim: Claim,
  storageClass: Stored<StorageClass>,
  selected: string | undefined,
): ClaimDecision {
  const host = observation.host(selected ?? observation.chooseHost(sourceHosts(observation, claim)) ?? '');
  if (!host && selected) {
    // The host has gone before it could make the volume: let another one be chosen.
    const { [selectedNodeAnnotation]: _, ...annotations } = claim.metadata.annotations ?? {};
    return pending({ ...claim, metadata: { ...claim.metadata, annotations } });
  }
  if (!host) {
    return pending(claim, { warning: true, reason: 'ProvisioningFailed', message: 'no host can make the volume' });
  }
  const create = volumeOfClaim(claim, storageClass, host);
  const name = create.metadata.name ?? '';
  const bound = completed({ ...claim, spec: { ...claim.spec, volumeName: name } });
  const message = `Successfully provisioned volume ${name} on ${host.metadata.name}`;
  return {
    claim: bound,
    create,
    status: boundStatus(claim, create.spec, claim.status),
    event: { warning: false, reason: 'ProvisioningSucceeded', message },
  };
}

/** A copy is made on the host that has the original. */
function sourceHosts(observation: ClaimObservation, claim: Claim): NodeSelector | undefined {
  const fill = fillRequestOf(claim.metadata.annotations);
  return fill?.from === 'volume' ? observation.volume(fill.volumeName)?.spec.nodeAffinity?.required : undefined;
}

function bind(observation: ClaimObservation, claim: Claim, volume: Volume): ClaimDecision {
  const reserve = volume.spec.claimRef?.uid === claim.metadata.uid ? {} : { reserve: volume };
  const bound = completed(claim);
  const asked = claim.spec.resources?.requests?.storage;
  const wanted = parseQuantity(asked) ?? 0;
  const capacity = parseQuantity(volume.spec.capacity?.storage) ?? 0;
  const status = grownStatus(bound, volume, observation.now);
  const growing = claim.status?.phase === 'Bound' && asked !== undefined && wanted > capacity;
  if (!growing) return { claim: bound, ...reserve, status, ...failure(volume) };
  if (classOf(claim, observation.storageClasses)?.allowVolumeExpansion !== true) {
    const message = 'the storage class does not allow volumes to grow';
    return { claim: bound, ...reserve, status, event: { warning: true, reason: 'VolumeResizeFailed', message } };
  }
  return {
    claim: bound,
    ...reserve,
    grow: { volume, storage: asked },
    status,
    event: { warning: false, reason: 'Resizing', message: `growing volume ${volume.metadata.name} to ${asked}` },
  };
}

/** That its host cannot make the volume is told where users look: at the claim. The host goes on trying. */
function failure(volume: Volume): Pick<ClaimDecision, 'event'> {
  const state = volumeStateOf(volume);
  if (state?.phase !== 'Failed') return {};
  const message = `volume "${volume.metadata.name}" cannot be made: ${state.message}`;
  return { event: { warning: true, reason: 'ProvisioningFailed', message } };
}

/** Size and conditions of a bound claim: what the host has made room for counts, not what was asked. */
function grownStatus(claim: Claim, volume: Volume, now: string): ClaimStatus {
  const status = boundStatus(claim, volume.spec, claim.status);
  const has = volumeStateOf(volume)?.sizeBytes;
  const wanted = parseQuantity(volume.spec.capacity?.storage) ?? 0;
  const before = claim.status?.capacity;
  const waiting = has !== undefined && has < wanted && before !== undefined;
  const others = (claim.status?.conditions ?? []).filter(({ type }) => type !== 'Resizing');
  if (!waiting) return others.length > 0 ? { ...status, conditions: others } : status;
  const known = claim.status?.conditions?.find(({ type }) => type === 'Resizing');
  const condition = known ?? { type: 'Resizing', status: 'True' as const, lastTransitionTime: now };
  return { ...status, capacity: before, conditions: [...others, condition] };
}

function boundStatus(claim: Claim, spec: PersistentVolume['spec'], known: ClaimStatus = {}): ClaimStatus {
  const { conditions: _, ...before } = known;
  return {
    ...before,
    phase: 'Bound',
    accessModes: spec.accessModes ?? claim.spec.accessModes ?? [],
    capacity: spec.capacity ?? {},
  };
}

function completed(claim: Claim): Claim {
  const annotations = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes' };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}

/** A claim that was bound and whose volume has gone has lost its data. */
function lost(claim: Claim): ClaimDecision {
  const { volumeName } = claim.spec;
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== 'yes') {
    return pending(claim, { warning: true, reason: 'FailedBinding', message: `volume "${volumeName}" not found` });
  }
  const message = `Bound claim has lost its PersistentVolume "${volumeName}". Data on the volume is lost!`;
  return {
    claim,
    status: { ...claim.status, phase: 'Lost' },
    ...(claim.status?.phase !== 'Lost' && { event: { warning: true, reason: 'ClaimLost', message } }),
  };
}

function pending(claim: Claim, event?: ClaimDecision['event']): ClaimDecision {
  return { claim, status: { ...claim.status, phase: 'Pending' }, ...(event && { event }) };
}

function noProvisioner(claim: Claim, storageClass: Stored<StorageClass> | undefined): ClaimDecision['event'] {
  const name = claim.spec.storageClassName;
  if (!name) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { warning: false, reason: 'FailedBinding', message };
  }
  if (!storageClass) {
    return { warning: true, reason: 'ProvisioningFailed', message: `storageclass.storage.k8s.io "${name}" not found` };
  }
  const message = `waiting for a volume to be created by the external provisioner '${storageClass.provisioner}'`;
  return { warning: false, reason: 'ExternalProvisioning', message };
}

function classOf(claim: PersistentVolumeClaim, classes: Iterable<Stored<StorageClass>>) {
  for (const each of classes) if (each.metadata.name === claim.spec.storageClassName) return each;
  return undefined;
}

/** A claim that names no class gets the default one, of several the newest; an empty name asks for none. */
function withClass(claim: Claim, classes: Iterable<Stored<StorageClass>>): Claim {
  if (claim.spec.storageClassName !== undefined) return claim;
  const defaults = [...classes].filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true');
  defaults.sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
  const storageClassName = defaults[0]?.metadata.name;
  return storageClassName === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName } };
}

function withProtection(claim: Claim): Claim {
  const { finalizers = [] } = claim.metadata;
  if (finalizers.includes(claimProtection)) return claim;
  return { ...claim, metadata: { ...claim.metadata, finalizers: [...finalizers, claimProtection] } };
}

function withoutProtection(claim: Claim): Claim {
  const { finalizers = [] } = claim.metadata;
  if (!finalizers.includes(claimProtection)) return claim;
  const others = finalizers.filter((finalizer) => finalizer !== claimProtection);
  return { ...claim, metadata: { ...claim.metadata, finalizers: others } };
}

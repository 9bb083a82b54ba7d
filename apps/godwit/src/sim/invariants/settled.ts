import { counted } from '@godwit/base';
import {
  type DataVolume,
  type Deployment,
  type EndpointSlice,
  type KubeObject,
  type PersistentVolumeClaim,
  type Pod,
  type PodDisruptionBudget,
  type ReplicaSet,
  runStrategyOf,
  type Service,
  type Stored,
  selects,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceReplicaSet,
  type VirtualMachinePool,
  volumeHostLabel,
} from '@godwit/kinds';
import type { ApiView } from '../cloud/api-view.ts';
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts';
import { BY_HAND } from '../workload/manifests.ts';
import { nameOf } from './invariant.ts';
import { runningMachines } from './running-machines.ts';
import { gangOf } from './whole-gangs.ts';

/** What is not yet as the specs ask, in words; nothing when all is. */
export function unsettled(cloud: SimulatedCloud): string[] {
  const { view } = cloud;
  if (!cloud.allReady) return ['not every program is ready'];
  return [
    ...leaving(cloud),
    ...[...view.all<Deployment>('deployments')].flatMap(deploymentTrouble),
    ...[...view.all<ReplicaSet>('replicasets')].flatMap((set) => replicaSetTrouble(set, view)),
    ...[...view.all<Pod>('pods')].flatMap((pod) => podTrouble(pod, cloud)),
    ...[...view.all<VirtualMachine>('virtualmachines')].flatMap((machine) => machineTrouble(machine, view)),
    ...[...view.all<VirtualMachineInstance>('virtualmachineinstances')].flatMap((one) => instanceTrouble(one, cloud)),
    ...[...view.all<Service>('services')].flatMap((service) => serviceTrouble(service, cloud)),
    ...setTrouble(view),
    ...[...view.all<PersistentVolumeClaim>('persistentvolumeclaims')].flatMap((claim) => claimTrouble(claim, view)),
  ];
}

function* leaving({ view, stations }: SimulatedCloud): Generator<string> {
  const asleep = new Set(stations.filter((station) => station.asleep).map(({ host }) => host.name));
  const plurals = ['deployments', 'replicasets', 'pods', 'virtualmachines', 'virtualmachineinstances', 'services'];
  const others = ['virtualmachinepools', 'virtualmachineinstancereplicasets', 'datavolumes', 'namespaces'];
  for (const plural of [...plurals, ...others, 'persistentvolumeclaims', 'persistentvolumes']) {
    for (const object of view.all(plural)) {
      const { deletionTimestamp, finalizers = [] } = object.metadata;
      // A claim that was deleted waits for those who use it.
      if (plural === 'persistentvolumeclaims' && usersOf(object, view).length > 0) continue;
      // Who sleeps removes it when it wakes.
      if (plural === 'persistentvolumes' && asleep.has(object.metadata.labels?.[volumeHostLabel] ?? '')) continue;
      if (deletionTimestamp) yield `${nameOf(object)} is still on its way out (${finalizers.join(', ')})`;
    }
  }
}

function deploymentTrouble(deployment: Stored<Deployment>): string[] {
  const { spec, status = {}, metadata } = deployment;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, observedGeneration } = status;
  const counts = [replicas, updatedReplicas, availableReplicas];
  if (observedGeneration === metadata.generation && counts.every((count) => count === wanted)) return [];
  return [`${nameOf(deployment)} wants ${wanted} and has ${counts.join('/')} (all/updated/available)`];
}

function replicaSetTrouble(set: Stored<ReplicaSet>, view: ApiView): string[] {
  const pods = [...view.all<Pod>('pods')].filter(({ metadata }) => isOwnedBy(metadata, set.metadata.uid));
  const wanted = set.spec.replicas ?? 1;
  return pods.length === wanted ? [] : [`${nameOf(set)} wants ${counted(wanted, 'pod')} and has ${pods.length}`];
}

function isOwnedBy({ ownerReferences = [] }: KubeObject['metadata'], uid: string): boolean {
  return ownerReferences.some((owner) => owner.uid === uid);
}

function podTrouble(pod: Stored<Pod>, cloud: SimulatedCloud): string[] {
  const { spec, status } = pod;
  // Bound by hand, or not at all.
  if (spec.schedulerName === BY_HAND && !spec.nodeName) return [];
  if (!spec.nodeName && isInPart(pod, cloud.view)) return [];
  if (lacksClaim(pod, cloud.view)) return [];
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') {
    if (spec.restartPolicy === 'Always') return [`${nameOf(pod)} has ended as ${status.phase} and should not`];
    return runs(cloud, pod) ? [`${nameOf(pod)} has ended, and runs`] : [];
  }
  if (!isReady(status))
    return [`${nameOf(pod)} is ${status?.phase ?? 'new'} on ${spec.nodeName ?? 'no host'}, not ready`];
  return runs(cloud, pod) ? [] : [`${nameOf(pod)} is said to run and does not`];
}

/** A pod that waits for the others of its group, which are not there (any more). */
function isInPart(pod: Stored<Pod>, view: ApiView): boolean {
  const { gang, size } = gangOf(pod);
  return gang !== undefined && [...view.all<Pod>('pods')].filter((other) => gangOf(other).gang === gang).length < size;
}

/** Of what keeps a number of machines, volumes that are filled, and budgets. */
function* setTrouble(view: ApiView): Generator<string> {
  const instances = [...view.all<VirtualMachineInstance>('virtualmachineinstances')];
  for (const plural of ['virtualmachinepools', 'virtualmachineinstancereplicasets']) {
    for (const set of view.all<VirtualMachinePool | VirtualMachineInstanceReplicaSet>(plural)) {
      const { spec, status } = set;
      const wanted = spec.replicas ?? 1;
      const [all = 0, ready = 0] = [status?.replicas, status?.readyReplicas];
      // A guest that was stopped by an error of its disk goes on when a person says so.
      const paused = instances.filter(
        ({ metadata, status }) => metadata.labels?.of === set.metadata.name && isPaused(status),
      );
      if (all === wanted && ready + paused.length >= wanted) continue;
      yield `${nameOf(set)} wants ${wanted} and has ${all}, ${ready} of them ready`;
    }
  }
  for (const volume of view.all<DataVolume>('datavolumes')) {
    if (volume.status?.phase !== 'Succeeded') yield `${nameOf(volume)} is ${volume.status?.phase ?? 'new'}`;
  }
  for (const budget of view.all<PodDisruptionBudget>('poddisruptionbudgets')) {
    const { spec, status, metadata } = budget;
    const covered = [...view.all<Pod>('pods')].filter(
      (pod) => pod.metadata.namespace === metadata.namespace && selects(spec?.selector, pod.metadata.labels),
    );
    const healthy = covered.filter((pod) => isReady(pod.status)).length;
    const knows = status?.observedGeneration === metadata.generation && status?.currentHealthy === healthy;
    if (!knows) yield `${nameOf(budget)} counts ${status?.currentHealthy} healthy pods of ${healthy}`;
  }
}

function machineTrouble(machine: Stored<VirtualMachine>, view: ApiView): string[] {
  const { namespace, name } = machine.metadata;
  const key = `/kubevirt.io/virtualmachineinstances/${namespace}/${name}`;
  const instance = view.get('virtualmachineinstances', key) as Stored<VirtualMachineInstance> | undefined;
  const strategy = runStrategyOf(machine);
  if (instance && lacksClaim(instance, view)) return [];
  if (strategy === 'Always' && instance?.status?.phase !== 'Running') {
    return [`${nameOf(machine)} should run; its instance is ${instance?.status?.phase ?? 'not there'}`];
  }
  if (strategy === 'Halted' && instance) return [`${nameOf(machine)} should be halted and has an instance`];
  const ready = instance ? isReady(instance.status) : false;
  if ((machine.status?.ready ?? false) !== ready) return [`${nameOf(machine)} says the wrong thing of being ready`];
  return [];
}

function instanceTrouble(instance: Stored<VirtualMachineInstance>, cloud: SimulatedCloud): string[] {
  const phase = instance.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    return runs(cloud, instance) ? [`${nameOf(instance)} has ended, and runs`] : [];
  }
  if (lacksClaim(instance, cloud.view)) return [];
  if (phase !== 'Running') return [`${nameOf(instance)} is ${phase ?? 'new'}`];
  return runs(cloud, instance) ? [] : [`${nameOf(instance)} is said to run and does not`];
}

function runs(cloud: SimulatedCloud, { metadata }: Stored<KubeObject>): boolean {
  for (const { uid } of runningMachines(cloud)) if (uid === metadata.uid) return true;
  return false;
}

interface Conditioned {
  readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
}

const isReady = (status: Conditioned | undefined) => says(status, 'Ready');
const isPaused = (status: Conditioned | undefined) => says(status, 'Paused');

function says(status: Conditioned | undefined, what: string): boolean {
  return status?.conditions?.some(({ type, status: holds }) => type === what && holds === 'True') ?? false;
}

function serviceTrouble(service: Stored<Service>, cloud: SimulatedCloud): string[] {
  const { selector, type } = service.spec;
  if (!selector) return [];
  const { view } = cloud;
  const wanted = backends(service, view).sort();
  const slices = [...view.all<EndpointSlice>('endpointslices')].filter(
    ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
  );
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  const told = endpoints.filter(({ conditions }) => conditions?.ready).flatMap(({ addresses }) => addresses);
  const trouble: string[] = [];
  const expected = wanted.join(' ');
  if (told.sort().join(' ') !== expected) trouble.push(`${nameOf(service)} leads to ${told} and should to ${wanted}`);
  for (const { host } of cloud.stations.filter(({ asleep }) => !asleep)) {
    const entry = host.network.table.services.find(({ uid }) => uid === service.metadata.uid);
    const served = entry?.ports[0]?.endpoints.filter(({ state }) => state === 'ready').map(({ address }) => address);
    if ((served ?? []).sort().join(' ') !== expected) {
      trouble.push(`${host.name} serves ${nameOf(service)} from ${served} and should from ${wanted}`);
    }
  }
  if (type === 'LoadBalancer' && !service.status?.loadBalancer?.ingress?.length) {
    trouble.push(`${nameOf(service)} has no address for users`);
  }
  return trouble;
}

/** Addresses of the machines that are ready and that the service selects. */
function backends({ spec, metadata }: Stored<Service>, view: ApiView): string[] {
  const labels = Object.entries(spec.selector ?? {});
  const selects = (object: Stored<KubeObject>) =>
    object.metadata.namespace === metadata.namespace &&
    object.metadata.deletionTimestamp === undefined &&
    labels.every(([name, value]) => object.metadata.labels?.[name] === value);
  const pods = [...view.all<Pod>('pods')].filter((pod) => selects(pod) && isReady(pod.status));
  const machines = [...view.all<VirtualMachineInstance>('virtualmachineinstances')].filter(
    (machine) => selects(machine) && isReady(machine.status),
  );
  return [
    ...pods.map(({ status }) => status?.podIP ?? ''),
    ...machines.map(({ status }) => status?.interfaces?.[0]?.ipAddress ?? ''),
  ];
}

function claimTrouble(claim: Stored<PersistentVolumeClaim>, view: ApiView): string[] {
  // Without a user it waits for the first one.
  if (claim.status?.phase === 'Bound' || usersOf(claim, view).length === 0) return [];
  return [`${nameOf(claim)} is ${claim.status?.phase ?? 'new'}`];
}

function usersOf({ metadata }: Stored<KubeObject>, view: ApiView): Stored<KubeObject>[] {
  const machines = [...view.all<Pod>('pods'), ...view.all<VirtualMachineInstance>('virtualmachineinstances')];
  return machines.filter(
    (machine) => machine.metadata.namespace === metadata.namespace && claimsOf(machine).includes(metadata.name),
  );
}

function claimsOf({ spec }: Pod | VirtualMachineInstance): string[] {
  return (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));
}

/** A user has deleted a claim that the machine needs: it cannot start any more. */
function lacksClaim(machine: Stored<Pod> | Stored<VirtualMachineInstance>, view: ApiView): boolean {
  return claimsOf(machine).some((name) => {
    const key = `/core/persistentvolumeclaims/${machine.metadata.namespace}/${name}`;
    const claim = view.get('persistentvolumeclaims', key);
    return !claim || claim.metadata.deletionTimestamp !== undefined;
  });
}

import { addQuantities, isQuantity } from '../exact-quantity.ts';
import type { VirtualMachineInstance } from '../kubevirt/virtual-machine-instance.ts';
import type { KindDefinition, KubeObject } from '../machinery/index.ts';
import type { Pod } from '../pod/pod-body.ts';
import { limitsOfPod, type ResourceTotals, requestsOfPod } from '../pod/pod-resources.ts';
import { isPodFinished } from '../pod/pod-state.ts';
import { thousandths, wholeUnits } from '../quantity.ts';
import type { Service } from '../service/service-body.ts';
import type { ResourceList } from '../shared/resource-list.ts';
import type { PersistentVolumeClaim } from '../storage/persistent-volume-claim.ts';

/** Kinds of the core group that are also counted under their plural alone. */
const COUNTED = new Set(['pods', 'services', 'secrets', 'configmaps', 'persistentvolumeclaims', 'resourcequotas']);

/** A virtual processor that asks for nothing counts as a tenth of a core, as in placement. */
const THOUSANDTHS_PER_PROCESSOR = 100;

function prefixed(prefix: string, amounts: ResourceList): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [`${prefix}.${name}`, String(amount)]));
}

function computeUsage(requests: ResourceList, limits: ResourceList): Record<string, string> {
  const plain = Object.entries(requests).filter(([name]) => ['cpu', 'memory', 'ephemeral-storage'].includes(name));
  return {
    ...Object.fromEntries(plain.map(([name, amount]) => [name, String(amount)])),
    ...prefixed('requests', requests),
    ...prefixed('limits', limits),
  };
}

function usageOfInstance({ spec }: VirtualMachineInstance): Record<string, string> {
  const { cpu, memory, resources } = spec.domain;
  const processors = (cpu?.sockets ?? 1) * (cpu?.cores ?? 1) * (cpu?.threads ?? 1);
  const askedCpu = resources?.requests?.cpu ?? resources?.limits?.cpu;
  const askedMemory = resources?.requests?.memory ?? memory?.guest ?? resources?.limits?.memory ?? 0;
  const cpuThousandths = askedCpu === undefined ? processors * THOUSANDTHS_PER_PROCESSOR : thousandths(askedCpu);
  const guestBytes = wholeUnits(resources?.limits?.memory ?? memory?.guest ?? askedMemory);
  return computeUsage(
    { cpu: addQuantities(0, `${cpuThousandths}m`), memory: addQuantities(0, askedMemory) },
    { cpu: String(resources?.limits?.cpu ?? processors), memory: addQuantities('0', `${guestBytes / 1024}Ki`) },
  );
}

function usageOfClaim({ spec }: PersistentVolumeClaim): Record<string, string> {
  const size = String(spec.resources?.requests?.storage ?? 0);
  const own = spec.storageClassName ? `${spec.storageClassName}.storageclass.storage.k8s.io` : undefined;
  return {
    'requests.storage': size,
    ...(own && { [`${own}/requests.storage`]: size, [`${own}/persistentvolumeclaims`]: '1' }),
  };
}

function usageOfService({ spec }: Service): Record<string, string> {
  const nodePorts = (spec.ports ?? []).filter(({ nodePort }) => nodePort).length;
  return {
    'services.nodeports': String(nodePorts),
    'services.loadbalancers': spec.type === 'LoadBalancer' ? '1' : '0',
  };
}

function ownUsage(id: string, object: KubeObject): Record<string, string> {
  switch (id) {
    case 'pods':
      return computeUsage(requestsOfPod((object as Pod).spec), limitsOfPod((object as Pod).spec));
    case 'virtualmachineinstances.kubevirt.io':
      return usageOfInstance(object as VirtualMachineInstance);
    case 'persistentvolumeclaims':
      return usageOfClaim(object as PersistentVolumeClaim);
    case 'services':
      return usageOfService(object as Service);
    default:
      return {};
  }
}

/** Finished machines use nothing any more; their names are still counted. */
function isFinished(id: string, object: KubeObject): boolean {
  if (id === 'pods') return isPodFinished(object as Pod);
  if (id !== 'virtualmachineinstances.kubevirt.io') return false;
  const phase = (object as VirtualMachineInstance).status?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/**
 * What one object uses, under every name by which a quota may limit it: `count/<resource>`, the plain plural,
 * and for machines, claims and services their amounts. Virtual machines count as the machines that they are.
 */
export function usageOf(kind: Pick<KindDefinition, 'group' | 'plural'>, object: KubeObject): ResourceTotals {
  const id = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  const count = { [`count/${id}`]: '1' };
  if (isFinished(id, object)) return count;
  const plain = COUNTED.has(id) ? { [id]: '1' } : {};
  return { ...ownUsage(id, object), ...count, ...plain };
}

/** The sum of what several objects use. */
export function addUsage(total: ResourceTotals, usage: ResourceTotals): ResourceTotals {
  const sum: Record<string, string> = { ...total };
  for (const [name, amount] of Object.entries(usage)) {
    if (isQuantity(amount)) sum[name] = addQuantities(sum[name] ?? 0, amount);
  }
  return sum;
}

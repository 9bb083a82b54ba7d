import {
  addQuantities,
  type Container,
  countedByPlural,
  instanceUsage,
  isPodFinished,
  type KindDefinition,
  type KubeObject,
  limitsOfPod,
  type PersistentVolumeClaim,
  type Pod,
  requestsOfPod,
  type Service,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { resourceName } from '../../validation/index.ts';

/** Amounts by the names that quotas use, such as `requests.cpu`, `pods`, `count/deployments.apps`. */
export type Usage = Readonly<Record<string, string>>;

type Amounts = Record<string, string>;

/** Whether objects of this kind are virtual machines: they take of the same amounts as pods. */
export function isInstance({ group, plural }: KindDefinition): boolean {
  return group === 'kubevirt.io' && plural === 'virtualmachineinstances';
}

/** What one object takes of a quota. */
export function usageOf(kind: KindDefinition, object: KubeObject): Usage {
  const usage: Amounts = { [`count/${resourceName(kind)}`]: '1' };
  if (isInstance(kind)) Object.assign(usage, instanceUsage(object as VirtualMachineInstance));
  if (kind.group !== '') return usage;
  if (countedByPlural.has(kind.plural)) usage[kind.plural] = '1';
  if (kind.plural === 'pods') addPod(object as Pod, usage);
  else if (kind.plural === 'persistentvolumeclaims') addClaim(object as PersistentVolumeClaim, usage);
  else if (kind.plural === 'services') addService(object as Service, usage);
  return usage;
}

function addPod(pod: Pod, usage: Amounts): void {
  // A pod that has ended holds its place in the list of pods and nothing else.
  if (isPodFinished(pod)) {
    delete usage.pods;
    return;
  }
  for (const [name, amount] of Object.entries(requestsOfPod(pod.spec))) {
    usage[`requests.${name}`] = amount;
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(limitsOfPod(pod.spec))) usage[`limits.${name}`] = amount;
}

function addClaim(claim: PersistentVolumeClaim, usage: Amounts): void {
  const storage = String(claim.spec?.resources?.requests?.storage ?? '0');
  usage['requests.storage'] = storage;
  const className = claim.spec?.storageClassName;
  if (!className) return;
  usage[`${className}.storageclass.storage.k8s.io/requests.storage`] = storage;
  usage[`${className}.storageclass.storage.k8s.io/persistentvolumeclaims`] = '1';
}

function addService({ spec }: Service, usage: Amounts): void {
  if (spec.type === 'LoadBalancer') usage['services.loadbalancers'] = '1';
  const nodePorts = (spec.ports ?? []).filter((port) => port.nodePort).length;
  if (nodePorts > 0) usage['services.nodeports'] = String(nodePorts);
}

export function addUsage(total: Usage, more: Usage, names: readonly string[]): Usage {
  const sum: Amounts = { ...total };
  for (const name of names) sum[name] = addQuantities(sum[name] ?? '0', more[name] ?? '0');
  return sum;
}

/** `requests.cpu for: main`: compute resources that a quota bounds and containers do not speak of. */
export function unspecified(kind: KindDefinition, object: KubeObject, names: readonly string[]): readonly string[] {
  if (kind.group !== '' || kind.plural !== 'pods') return [];
  const { spec } = object as Pod;
  const missing: string[] = [];
  for (const name of names) {
    const [list, resource] = name.includes('.') ? name.split('.', 2) : ['requests', name];
    if (resource !== 'cpu' && resource !== 'memory') continue;
    if (list !== 'requests' && list !== 'limits') continue;
    const silent = [...spec.containers, ...(spec.initContainers ?? [])].filter(
      (container: Container) => container.resources?.[list]?.[resource] === undefined,
    );
    if (silent.length > 0) missing.push(`${name} for: ${silent.map((container) => container.name).join(',')}`);
  }
  return missing;
}

import {
  type Address,
  type HostUsage,
  type KubeObject,
  type MachineName,
  nodeMetricsOf,
  type ObjectMeta,
  type Pod,
  podMetricsOf,
  type VirtualMachineInstance,
  virtualMachineInstanceMetricsOf,
} from '@godwit/kinds';

/** How the measurements of one kind are found: by the stored object that they are about. */
export interface MeasuredResource {
  /** The kind of the objects that are measured. */
  readonly of: { readonly group: string; readonly version: string; readonly plural: string };
  /** The host that measures it; undefined for one that is on no host. */
  node(object: KubeObject): string | undefined;
  /** Undefined while there is no measurement of it. */
  measure(usage: HostUsage, object: KubeObject, metadata: ObjectMeta): KubeObject | undefined;
}

const partsOf = ({ machines }: HostUsage, kind: MachineName['kind'], uid: string | undefined) =>
  machines.find(({ machine }) => machine.kind === kind && machine.uid === uid)?.parts ?? [];

const nodes: MeasuredResource = {
  of: { group: '', version: 'v1', plural: 'nodes' },
  node: (object) => object.metadata.name,
  measure: ({ host }, _object, metadata) => host && nodeMetricsOf(metadata, host),
};

const pods: MeasuredResource = {
  of: { group: '', version: 'v1', plural: 'pods' },
  node: (object) => (object as Pod).spec?.nodeName,
  measure: (usage, object, metadata) => {
    const [first, ...others] = partsOf(usage, 'Pod', object.metadata.uid);
    return first && podMetricsOf(metadata, [first, ...others]);
  },
};

const instances: MeasuredResource = {
  of: { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances' },
  node: (object) => (object as VirtualMachineInstance).status?.nodeName,
  measure: (usage, object, metadata) => {
    const [part] = partsOf(usage, 'VirtualMachineInstance', object.metadata.uid);
    return part && virtualMachineInstanceMetricsOf(metadata, part);
  },
};

/** By group and plural of the measurement. */
const resources: Readonly<Record<string, MeasuredResource>> = {
  'metrics.k8s.io/nodes': nodes,
  'metrics.k8s.io/pods': pods,
  'godwit.dev/virtualmachineinstancemetrics': instances,
};

export function isMeasured({ group, plural, subresource }: Address): boolean {
  return subresource === undefined && Object.hasOwn(resources, `${group}/${plural}`);
}

export function measuredResource({ group, plural }: Address): MeasuredResource {
  return resources[`${group}/${plural}`] as MeasuredResource;
}

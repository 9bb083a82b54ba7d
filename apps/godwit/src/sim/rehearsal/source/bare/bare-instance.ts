import type { VirtualMachine, VirtualMachineInstance, VirtualMachineInstanceSpec } from '@godwit/kinds';
import { bareMeta } from './bare-metadata.ts';
import { askedOnce } from './bare-pod.ts';
import { keep, without } from './keep.ts';

type MachineSpec = VirtualMachine['spec'];
type InstanceStatus = NonNullable<VirtualMachineInstance['status']>;

/** Volumes of which a rehearsal knows where they are; all others are files for the guest, some of them secrets. */
const VOLUMES = ['name', 'containerDisk', 'persistentVolumeClaim', 'dataVolume', 'emptyDisk', 'ephemeral'] as const;

/** What decides where a virtual machine is and how it lives; not what its guest is told. */
export function bareInstanceSpec(spec: VirtualMachineInstanceSpec): VirtualMachineInstanceSpec {
  const { domain, volumes = [], readinessProbe } = spec;
  const kept = volumes.map((volume) => keep(volume, VOLUMES)).filter((volume) => Object.keys(volume).length > 1);
  const names = new Set(kept.map(({ name }) => name));
  const { disks, filesystems: _, ...devices } = domain.devices;
  const rest = without(spec, [
    'accessCredentials',
    'dnsConfig',
    'hostname',
    'livenessProbe',
    'readinessProbe',
    'subdomain',
    'utilityVolumes',
    'volumes',
  ]);
  return {
    ...rest,
    domain: {
      ...without(domain, ['firmware', 'chassis']),
      devices: { ...devices, ...(disks && { disks: disks.filter(({ name }) => names.has(name)) }) },
    },
    ...(kept.length > 0 && { volumes: kept }),
    ...(readinessProbe && { readinessProbe: askedOnce(readinessProbe.initialDelaySeconds) }),
  };
}

export function bareMachineSpec(spec: MachineSpec): MachineSpec {
  const { template, dataVolumeTemplates } = spec;
  return {
    ...spec,
    template: { ...template, ...bareMeta(template), ...(template.spec && { spec: bareInstanceSpec(template.spec) }) },
    ...(dataVolumeTemplates && {
      dataVolumeTemplates: dataVolumeTemplates.map((each) => ({
        ...each,
        ...bareMeta(each),
        spec: bareDataVolumeSpec(each.spec),
      })),
    }),
  };
}

/** Where the bytes come from may be an address with a password in it: a volume that is there needs no source. */
export function bareDataVolumeSpec<T extends object>(spec: T): T {
  return {
    ...without(spec as T & { source?: unknown; sourceRef?: unknown }, ['source', 'sourceRef']),
    source: { blank: {} },
  } as T;
}

const STATUS = [
  'nodeName',
  'phase',
  'reason',
  'conditions',
  'phaseTransitionTimestamps',
  'currentCPUTopology',
  'memory',
  'qosClass',
  'migrationMethod',
] as const;

/** A move that is under way is none here: the machine is where it runs. */
export function bareInstanceStatus(status: InstanceStatus): InstanceStatus {
  return keep(status, STATUS);
}

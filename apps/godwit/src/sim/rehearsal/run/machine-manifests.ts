import type { New } from '@godwit/client';
import {
  type Deployment,
  type Pod,
  parseQuantity,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
  type VirtualMachinePool,
} from '@godwit/kinds';
import { rehearsedImage } from '../cloud/index.ts';
import { groupLabel } from '../measure/index.ts';
import { type PlannedGroup, rackLabel, zoneLabel } from '../plan/index.ts';

const TOPOLOGY = { host: 'kubernetes.io/hostname', rack: rackLabel, zone: zoneLabel };
/** Once a machine is ready it stays so: nobody needs to ask again. */
const ONCE_SECONDS = 86_400;
const PORT = 80;

/** Of pods that are more of those that are there: their owner is not that of the others. */
const moreLabel = 'sim.godwit.dev/more';

const isPod = (machine: Pod | VirtualMachineInstance): machine is Pod => machine.kind === 'Pod';

const labelsOf = ({ name }: PlannedGroup) => ({ [groupLabel]: name });

/** Labels of the machines themselves. */
const ownLabelsOf = (group: PlannedGroup) => ({ ...group.constraints?.labels, ...labelsOf(group) });

function placeOf(group: PlannedGroup) {
  if (group.constraints) {
    const { labels: _, ...constraints } = group.constraints;
    return constraints;
  }
  if (!group.apart) return {};
  const term = { topologyKey: TOPOLOGY[group.apart], labelSelector: { matchLabels: labelsOf(group) } };
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

/** Until it answers, a machine that shares a demand does nothing of it. */
function startOf({ scaling }: PlannedGroup) {
  if (!scaling) return {};
  const initialDelaySeconds = Math.ceil(scaling.startsInMs / 1000);
  return { readinessProbe: { tcpSocket: { port: PORT }, initialDelaySeconds, periodSeconds: ONCE_SECONDS } };
}

const memoryOf = ({ memoryBytes }: PlannedGroup): string => `${Math.round(memoryBytes / 2 ** 20)}Mi`;

/** Like the one that is there, without the disks that are its own. */
function likeInstance({ spec }: VirtualMachineInstance): VirtualMachineInstanceSpec {
  const { volumes: _, ...rest } = spec;
  const { disks: __, ...devices } = spec.domain.devices;
  return { ...rest, domain: { ...spec.domain, devices } };
}

function likePod({ spec }: Pod): Pod['spec'] {
  const { nodeName: _, volumes: __, ...rest } = spec;
  const containers = spec.containers.map(({ volumeMounts: ___, volumeDevices: ____, ...container }) => container);
  return { ...rest, containers };
}

function instanceOf(group: PlannedGroup): VirtualMachineInstanceSpec {
  const { cpuMillis, scaling, known } = group;
  if (known && !isPod(known.pattern)) return likeInstance(known.pattern);
  const processors = Math.max(1, Math.ceil(cpuMillis / 1000));
  const { cpu: most, memory: mostMemory } = scaling?.scaler.elastic?.up ?? {};
  return {
    domain: {
      // What is to grow has its processors in sockets of one: those are plugged.
      cpu: scaling
        ? {
            sockets: processors,
            cores: 1,
            ...(most && { maxSockets: Math.ceil(parseQuantity(most.maximum) ?? processors) }),
          }
        : { cores: processors },
      resources: { requests: { cpu: `${cpuMillis}m` } },
      memory: { guest: memoryOf(group), ...(mostMemory && { maxGuest: mostMemory.maximum }) },
      devices: {},
    },
    ...startOf(group),
    ...placeOf(group),
  };
}

const machineSpec = (group: PlannedGroup): VirtualMachine['spec'] => ({
  runStrategy: 'Always',
  template: { metadata: { labels: ownLabelsOf(group) }, spec: instanceOf(group) },
});

export function machineOf(group: PlannedGroup, namespace: string, name: string): New<VirtualMachine> {
  return { metadata: { namespace, name }, spec: machineSpec(group) };
}

export function poolOf(group: PlannedGroup, namespace: string, replicas: number): New<VirtualMachinePool> {
  return {
    metadata: { namespace, name: group.name },
    spec: {
      replicas,
      selector: { matchLabels: labelsOf(group) },
      virtualMachineTemplate: { metadata: { labels: labelsOf(group) }, spec: machineSpec(group) },
    },
  };
}

export function deploymentOf(group: PlannedGroup, namespace: string, replicas: number): New<Deployment> {
  const { name, cpuMillis, memoryBytes, known } = group;
  const labels = known ? { ...labelsOf(group), [moreLabel]: name } : labelsOf(group);
  const resources = { requests: { cpu: `${cpuMillis}m`, memory: String(memoryBytes) } };
  const container = { name: 'main', image: rehearsedImage, resources, ...startOf(group) };
  return {
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...ownLabelsOf(group), ...labels } },
        spec: known && isPod(known.pattern) ? likePod(known.pattern) : { containers: [container], ...placeOf(group) },
      },
    },
  };
}

import type { New } from '@godwit/client';
import {
  type Deployment,
  parseQuantity,
  type VirtualMachine,
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

function instanceOf(group: PlannedGroup): VirtualMachineInstanceSpec {
  const { cpuMillis, scaling } = group;
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
  const { name, cpuMillis, memoryBytes } = group;
  const labels = labelsOf(group);
  const resources = { requests: { cpu: `${cpuMillis}m`, memory: String(memoryBytes) } };
  const container = { name: 'main', image: rehearsedImage, resources, ...startOf(group) };
  return {
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels: ownLabelsOf(group) }, spec: { containers: [container], ...placeOf(group) } },
    },
  };
}

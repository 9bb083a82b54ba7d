import type { MachineUsage, Sampler } from '@godwit/host';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Where the figures come from: the newest sample, and the disks of machines, which are asked for at a scrape only. */
export interface UsageSources {
  readonly node: string;
  readonly sampler: Pick<Sampler, 'latest'>;
  /** All that is known of a virtual machine; rejects when it runs no more. */
  readonly measure: (uid: string) => Promise<MachineUsage>;
}

type Labels = Readonly<Record<string, string>>;
type Sample = NonNullable<Sampler['latest']>;
type Value = readonly [labels: Labels, value: number];

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly values: (sample: Sample, sources: UsageSources) => readonly Value[] | Promise<readonly Value[]>;
}

/**
 * Adds what the host, its machines and its services use, under the names that people know: those of the kubelet's
 * resource metrics and of KubeVirt, and Godwit's own for services.
 */
export function watchUsage(registry: Registry, sources: UsageSources): void {
  for (const { name, help, labels, values } of [...hostFigures, ...podFigures, ...machineFigures, ...serviceFigures]) {
    const settings = { name, help, labelNames: labels, registers: [registry] };
    const read = async () => (sources.sampler.latest ? await values(sources.sampler.latest, sources) : []);
    if (name.endsWith('_total')) {
      new Counter({
        ...settings,
        async collect() {
          const found = await read();
          this.reset();
          for (const [of, value] of found) this.inc(of, value);
        },
      });
    } else {
      new Gauge({
        ...settings,
        async collect() {
          const found = await read();
          this.reset();
          for (const [of, value] of found) this.set(of, value);
        },
      });
    }
  }
}

const hostFigures: readonly Figure[] = [
  {
    name: 'node_cpu_usage_seconds_total',
    help: 'Processor time that the host has used since its boot.',
    labels: ['node'],
    values: ({ host }, { node }) => (host ? [[{ node }, host.cpuSeconds]] : []),
  },
  {
    name: 'node_memory_working_set_bytes',
    help: 'Memory of the host that cannot be given back at once.',
    labels: ['node'],
    values: ({ host }, { node }) => (host ? [[{ node }, host.memoryBytes]] : []),
  },
];

const podLabels = ['node', 'namespace', 'pod', 'container'];

const podFigures: readonly Figure[] = [
  {
    name: 'container_cpu_usage_seconds_total',
    help: 'Processor time that a container has used since its start.',
    labels: podLabels,
    values: (sample, { node }) => containers(sample, node, ({ cpuSeconds }) => cpuSeconds),
  },
  {
    name: 'container_memory_working_set_bytes',
    help: 'Memory of a container that cannot be given back at once.',
    labels: podLabels,
    values: (sample, { node }) => containers(sample, node, ({ memoryBytes }) => memoryBytes),
  },
];

type PartReading = Sample['machines'][number]['parts'][number];

function containers({ machines }: Sample, node: string, read: (part: PartReading) => number): Value[] {
  return machines
    .filter(({ machine }) => machine.kind === 'Pod')
    .flatMap(({ machine: { namespace, name: pod }, parts }) =>
      parts.map((part): Value => [{ node, namespace, pod, container: part.name }, read(part)]),
    );
}

const machineLabels = ['node', 'namespace', 'name'];
const driveLabels = [...machineLabels, 'drive'];

const machineFigures: readonly Figure[] = [
  {
    name: 'kubevirt_vmi_cpu_usage_seconds_total',
    help: 'Processor time that a virtual machine has used since its start, its emulator counted.',
    labels: machineLabels,
    values: (sample, { node }) => instances(sample, node, ({ cpuSeconds }) => cpuSeconds),
  },
  {
    name: 'kubevirt_vmi_memory_resident_bytes',
    help: "Memory of the host that a virtual machine's process holds.",
    labels: machineLabels,
    values: (sample, { node }) => instances(sample, node, ({ memoryBytes }) => memoryBytes),
  },
  {
    name: 'kubevirt_vmi_memory_actual_balloon_bytes',
    help: 'Memory that the guest has, what its balloon took away left out.',
    labels: machineLabels,
    values: async (sample, sources) =>
      (await measured(sample, sources)).map(([labels, { balloonBytes }]) => [labels, balloonBytes]),
  },
  drive('kubevirt_vmi_storage_read_traffic_bytes_total', 'Bytes read from a disk.', ({ readBytes }) => readBytes),
  drive(
    'kubevirt_vmi_storage_write_traffic_bytes_total',
    'Bytes written to a disk.',
    ({ writtenBytes }) => writtenBytes,
  ),
  drive('kubevirt_vmi_storage_iops_read_total', 'Reads from a disk.', ({ reads }) => reads),
  drive('kubevirt_vmi_storage_iops_write_total', 'Writes to a disk.', ({ writes }) => writes),
];

function instancesOf({ machines }: Sample): Sample['machines'] {
  return machines.filter(({ machine }) => machine.kind === 'VirtualMachineInstance');
}

function instances(sample: Sample, node: string, read: (part: PartReading) => number): Value[] {
  return instancesOf(sample).flatMap(({ machine: { namespace, name }, parts }) =>
    parts.map((part): Value => [{ node, namespace, name }, read(part)]),
  );
}

type Disk = MachineUsage['disks'][number];

function drive(name: string, help: string, read: (disk: Disk) => number): Figure {
  return {
    name,
    help,
    labels: driveLabels,
    values: async (sample, sources) =>
      (await measured(sample, sources)).flatMap(([labels, { disks }]) =>
        disks.map((disk): Value => [{ ...labels, drive: disk.name }, read(disk)]),
      ),
  };
}

/** What QEMU says of each machine. Asked once a sample, whichever figure asks first. */
function measured(sample: Sample, sources: UsageSources): Promise<readonly (readonly [Labels, MachineUsage])[]> {
  let answer = answers.get(sample);
  if (!answer) {
    answer = measureAll(sample, sources);
    answers.set(sample, answer);
  }
  return answer;
}

const answers = new WeakMap<Sample, Promise<readonly (readonly [Labels, MachineUsage])[]>>();

async function measureAll(sample: Sample, { node, measure }: UsageSources) {
  const asked = instancesOf(sample).map(async ({ machine: { namespace, name, uid } }) => {
    return [{ node, namespace, name }, await measure(uid)] as const;
  });
  const settled = await Promise.allSettled(asked);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

type BalancerReading = Sample['balancers'][number];

function service(name: string, help: string, read: (reading: BalancerReading) => number | undefined): Figure {
  return {
    name,
    help,
    labels: ['node', 'namespace', 'service'],
    values: ({ balancers }, { node }) =>
      balancers.flatMap((reading) => {
        const value = read(reading);
        const labels = { node, namespace: reading.namespace, service: reading.name };
        return value === undefined ? [] : [[labels, value] as const];
      }),
  };
}

const serviceFigures: readonly Figure[] = [
  service(
    'godwit_service_requests_total',
    'Requests (connections where no HTTP is spoken) that the load balancer took for a service.',
    ({ requests }) => requests,
  ),
  service('godwit_service_errors_total', 'HTTP answers of 500 and above.', ({ errors }) => errors),
  service('godwit_service_queued', 'Requests that wait for a server.', ({ queued }) => queued),
  service('godwit_service_connections', 'Connections to servers now.', ({ connections }) => connections),
  service(
    'godwit_service_latency_seconds',
    'Mean time to the first byte of an answer, over the last 1,024 requests.',
    ({ latencySeconds }) => latencySeconds,
  ),
];

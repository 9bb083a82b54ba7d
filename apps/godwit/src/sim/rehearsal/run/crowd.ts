import type { ApiClient } from '@godwit/client';
import { type Deployment, deployment, type VirtualMachine, virtualMachine } from '@godwit/kinds';
import { inParallel, rehearsedImage } from '../cloud/index.ts';
import { groupLabel } from '../measure/index.ts';
import { type PlannedGroup, rackLabel, zoneLabel } from '../plan/index.ts';

const NAMESPACE = 'default';
const PARALLEL = 128;
const TOPOLOGY = { host: 'kubernetes.io/hostname', rack: rackLabel, zone: zoneLabel };
const WEEK_MS = 604_800_000;

/** The machines of one group, more or fewer as time goes by. */
export class Crowd {
  readonly group: PlannedGroup;
  readonly #client: ApiClient;
  /** What orders have added to or taken from what grows by itself. */
  #ordered = 0;
  #made = 0;
  #exists = false;

  constructor(group: PlannedGroup, client: ApiClient) {
    this.group = group;
    this.#client = client;
  }

  /** Machines that exist, whether or not they run. */
  get size(): number {
    return this.#made;
  }

  order(change: number): void {
    this.#ordered += change;
  }

  /** How many there shall be after so long. */
  wantedAt(atMs: number): number {
    const { count, percentPerWeek } = this.group;
    return Math.max(0, Math.floor(count * (1 + percentPerWeek / 100) ** (atMs / WEEK_MS) + 1e-9) + this.#ordered);
  }

  /** Makes machines, or deletes the newest, until there are as many as there shall be. */
  async follow(atMs: number): Promise<void> {
    const wanted = this.wantedAt(atMs);
    const made = this.#made;
    if (wanted === made) return;
    this.#made = wanted;
    if (this.group.kind === 'Pod') return this.#scale(wanted);
    const machines = this.#client.resource(virtualMachine);
    const numbers = Array.from({ length: Math.abs(wanted - made) }, (_, index) => Math.min(wanted, made) + index);
    await inParallel(numbers, PARALLEL, (index) =>
      wanted > made
        ? machines.create(machineOf(this.group, index))
        : machines.delete({ namespace: NAMESPACE, name: `${this.group.name}-${index}` }),
    );
  }

  async #scale(replicas: number): Promise<void> {
    const deployments = this.#client.resource(deployment);
    const { name } = this.group;
    if (this.#exists) {
      await deployments.patch({ namespace: NAMESPACE, name }, { type: 'merge', body: { spec: { replicas } } });
      return;
    }
    this.#exists = true;
    await deployments.create(deploymentOf(this.group, replicas));
  }
}

function apartOf({ name, apart }: PlannedGroup) {
  if (!apart) return {};
  const term = { topologyKey: TOPOLOGY[apart], labelSelector: { matchLabels: { [groupLabel]: name } } };
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

function machineOf(group: PlannedGroup, index: number): Omit<VirtualMachine, 'apiVersion' | 'kind'> {
  const { name, cpuMillis, memoryBytes } = group;
  const cores = Math.max(1, Math.ceil(cpuMillis / 1000));
  return {
    metadata: { namespace: NAMESPACE, name: `${name}-${index}` },
    spec: {
      runStrategy: 'Always',
      template: {
        metadata: { labels: { [groupLabel]: name } },
        spec: {
          domain: {
            cpu: { cores },
            resources: { requests: { cpu: `${cpuMillis}m` } },
            memory: { guest: `${Math.round(memoryBytes / 2 ** 20)}Mi` },
            devices: {},
          },
          ...apartOf(group),
        },
      },
    },
  };
}

function deploymentOf(group: PlannedGroup, replicas: number): Omit<Deployment, 'apiVersion' | 'kind'> {
  const { name, cpuMillis, memoryBytes } = group;
  const labels = { [groupLabel]: name };
  const requests = { cpu: `${cpuMillis}m`, memory: String(memoryBytes) };
  return {
    metadata: { namespace: NAMESPACE, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: rehearsedImage, resources: { requests } }], ...apartOf(group) },
      },
    },
  };
}

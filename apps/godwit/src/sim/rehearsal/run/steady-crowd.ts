import type { ApiClient } from '@godwit/client';
import { deployment, virtualMachine } from '@godwit/kinds';
import { inParallel } from '../cloud/index.ts';
import type { PlannedGroup } from '../plan/index.ts';
import type { Crowd } from './crowd.ts';
import { deploymentOf, machineOf } from './machine-manifests.ts';

const NAMESPACE = 'default';
const PARALLEL = 128;
const WEEK_MS = 604_800_000;

/** Machines of which there are as many as the scenario says, more or fewer as time goes by. */
export class SteadyCrowd implements Crowd {
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

  get size(): number {
    return this.#made;
  }

  order(change: number): void {
    this.#ordered += change;
  }

  /** How many there shall be after so long. */
  #wantedAt(atMs: number): number {
    const { count, percentPerWeek } = this.group;
    return Math.max(0, Math.floor(count * (1 + percentPerWeek / 100) ** (atMs / WEEK_MS) + 1e-9) + this.#ordered);
  }

  async follow(atMs: number): Promise<void> {
    const wanted = this.#wantedAt(atMs);
    const made = this.#made;
    if (wanted === made) return;
    this.#made = wanted;
    if (this.group.kind === 'Pod') return this.#scale(wanted);
    const machines = this.#client.resource(virtualMachine);
    const numbers = Array.from({ length: Math.abs(wanted - made) }, (_, index) => Math.min(wanted, made) + index);
    await inParallel(numbers, PARALLEL, (index) => {
      const name = `${this.group.name}-${index}`;
      return wanted > made
        ? machines.create(machineOf(this.group, NAMESPACE, name))
        : machines.delete({ namespace: NAMESPACE, name });
    });
  }

  async #scale(replicas: number): Promise<void> {
    const deployments = this.#client.resource(deployment);
    const { name } = this.group;
    if (this.#exists) {
      await deployments.patch({ namespace: NAMESPACE, name }, { type: 'merge', body: { spec: { replicas } } });
      return;
    }
    this.#exists = true;
    await deployments.create(deploymentOf(this.group, NAMESPACE, replicas));
  }
}

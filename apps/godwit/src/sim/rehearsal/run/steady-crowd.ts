import type { ApiClient } from '@godwit/client';
import { deployment, virtualMachine } from '@godwit/kinds';
import { inParallel } from '../cloud/index.ts';
import type { PlannedGroup } from '../plan/index.ts';
import type { Crowd } from './crowd.ts';
import { deploymentOf, machineOf } from './machine-manifests.ts';

const NAMESPACE = 'default';
const PARALLEL = 128;
const WEEK_MS = 604_800_000;

/**
 * Machines of which there are as many as the scenario says, more or fewer as time goes by. Where there are some of the
 * group already, only those beyond them are made here, beside them and like them.
 */
export class SteadyCrowd implements Crowd {
  readonly group: PlannedGroup;
  readonly #client: ApiClient;
  readonly #namespace: string;
  /** What its machines and their owner are called. */
  readonly #name: string;
  /** How many of the group there are without these. */
  readonly #there: number;
  /** What orders have added to or taken from what grows by itself. */
  #ordered = 0;
  #made = 0;
  #exists = false;

  constructor(group: PlannedGroup, client: ApiClient) {
    const { known, name, count } = group;
    this.group = group;
    this.#client = client;
    this.#namespace = known?.pattern.metadata.namespace ?? NAMESPACE;
    this.#name = known ? `${name}-more` : name;
    this.#there = known ? count : 0;
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
    const grown = Math.floor(count * (1 + percentPerWeek / 100) ** (atMs / WEEK_MS) + 1e-9);
    return Math.max(0, grown - this.#there + this.#ordered);
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
      const namespace = this.#namespace;
      const name = `${this.#name}-${index}`;
      return wanted > made
        ? machines.create(machineOf(this.group, namespace, name))
        : machines.delete({ namespace, name });
    });
  }

  async #scale(replicas: number): Promise<void> {
    const deployments = this.#client.resource(deployment);
    const [namespace, name] = [this.#namespace, this.#name];
    if (this.#exists) {
      await deployments.patch({ namespace, name }, { type: 'merge', body: { spec: { replicas } } });
      return;
    }
    this.#exists = true;
    await deployments.create({ ...deploymentOf(this.group, namespace, replicas), metadata: { namespace, name } });
  }
}

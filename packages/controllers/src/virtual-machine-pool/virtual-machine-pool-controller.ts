import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import {
  formatLabelSelector,
  isConflict,
  isNotFound,
  isReason,
  type Stored,
  type VirtualMachine,
  type VirtualMachinePool,
  virtualMachine,
  virtualMachineInstance,
  virtualMachinePool,
} from '@godwit/kinds';
import { Brood, namespacedName, type RoundFailure, replicaConditions } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Decision, decide } from './decide.ts';
import { indexOfMember, REVISION_LABEL, revisionOf, specOfMember } from './machine-of-pool.ts';

/** How soon it is tried again when the API may not make a machine now, as with a quota that is used up. */
const REFUSED_RETRY_MS = 5_000;

/** Keeps the number of machines that each pool asks for, and keeps them as its template says. */
export class VirtualMachinePoolController implements Reconciler {
  readonly name = 'virtual-machine-pool';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #machines: Brood<VirtualMachinePool, VirtualMachine>;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'virtualmachinepool-controller');
    this.#machines = new Brood(client, this.#events, { parent: virtualMachinePool, child: virtualMachine });
    this.wakes = this.#machines.wakes;
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const pool = this.#machines.parents.get(namespacedName(name));
    if (!pool) return done;
    const { namespace = '' } = pool.metadata;
    const cache = this.#client.cache(virtualMachine);
    const decision = decide({
      pool,
      owned: this.#machines.ownedBy(pool),
      orphans: this.#machines.orphansNear(pool),
      isTaken: (taken) => cache.get({ namespace, name: taken }) !== undefined,
      chance: this.#client.world.random.next(),
    });
    await this.#machines.claim(pool, decision);
    const rounds = [
      await this.#machines.remove(pool, decision.remove),
      await this.#machines.create(pool, decision.create),
    ];
    await this.#machines.settled(rounds, signal);
    for (const machine of decision.update) await this.#update(pool, machine);
    for (const machine of decision.restart) await this.#restart(pool, machine);
    const failed = rounds.find(({ failure }) => failure !== undefined);
    await this.#writeStatus(pool, decision, failed?.failure);
    if (isReason(failed?.error, 'Forbidden')) return after(REFUSED_RETRY_MS, describeError(failed?.error));
    if (failed) throw failed.error;
    return done;
  }

  /** The machine's own controller makes of it what can be made while it runs, and says when a restart is needed. */
  async #update(pool: Stored<VirtualMachinePool>, machine: Stored<VirtualMachine>): Promise<void> {
    const { metadata } = pool.spec.virtualMachineTemplate;
    const spec = specOfMember(pool, indexOfMember(pool, machine));
    const labels = { ...machine.metadata.labels, ...metadata?.labels, [REVISION_LABEL]: revisionOf(pool) };
    const annotations = { ...machine.metadata.annotations, ...metadata?.annotations };
    await this.#client
      .resource(virtualMachine)
      .update({ ...machine, metadata: { ...machine.metadata, labels, annotations }, spec });
    this.#events.normal(pool, 'SuccessfulUpdate', `updated VirtualMachine ${machine.metadata.name}`);
  }

  async #restart(pool: Stored<VirtualMachinePool>, { metadata }: Stored<VirtualMachine>): Promise<void> {
    const { namespace = '', name } = metadata;
    const instance = this.#client.cache(virtualMachineInstance).get({ namespace, name });
    if (!instance || instance.metadata.deletionTimestamp) return;
    const { uid } = instance.metadata;
    try {
      await this.#client.resource(virtualMachineInstance).delete({ namespace, name }, { preconditions: { uid } });
    } catch (error) {
      // It has ended by itself meanwhile.
      if (isNotFound(error) || isConflict(error)) return;
      throw error;
    }
    this.#events.normal(pool, 'SuccessfulRestart', `restarted VirtualMachine ${name}`);
  }

  async #writeStatus(
    pool: Stored<VirtualMachinePool>,
    { replicas, readyReplicas }: Decision,
    failure: RoundFailure | undefined,
  ): Promise<void> {
    const facts = { failure, paused: pool.spec.paused === true };
    const status = {
      replicas,
      readyReplicas,
      labelSelector: formatLabelSelector(pool.spec.selector),
      conditions: replicaConditions(pool.status?.conditions, facts, timestamp(this.#client.world.clock)),
    };
    if (sameJson(status, pool.status)) return;
    await this.#client.resource(virtualMachinePool).updateStatus({ ...pool, status });
  }
}

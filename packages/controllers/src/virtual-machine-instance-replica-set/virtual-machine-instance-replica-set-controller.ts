import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type New, sameJson } from '@godwit/client';
import {
  formatLabelSelector,
  instanceFinalizer,
  isReason,
  type Stored,
  type VirtualMachineInstance,
  type VirtualMachineInstanceReplicaSet,
  virtualMachineInstance,
  virtualMachineInstanceReplicaSet,
} from '@godwit/kinds';
import {
  Brood,
  controllerReference,
  namespacedName,
  type RoundFailure,
  replicaConditions,
} from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Decision, decide } from './decide.ts';

/** How soon it is tried again when the API may not make an instance now, as with a quota that is used up. */
const REFUSED_RETRY_MS = 5_000;

/** Keeps the number of instances that each set asks for. */
export class VirtualMachineInstanceReplicaSetController implements Reconciler {
  readonly name = 'virtual-machine-instance-replica-set';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #instances: Brood<VirtualMachineInstanceReplicaSet, VirtualMachineInstance>;

  constructor(client: ApiClient) {
    this.#client = client;
    const events = new EventRecorder(client, 'virtualmachinereplicaset-controller');
    const kinds = { parent: virtualMachineInstanceReplicaSet, child: virtualMachineInstance };
    this.#instances = new Brood(client, events, kinds);
    this.wakes = this.#instances.wakes;
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const set = this.#instances.parents.get(namespacedName(name));
    if (!set) return done;
    const owned = this.#instances.ownedBy(set);
    const decision = decide({ set, owned, orphans: this.#instances.orphansNear(set) });
    const { create, remove } = decision;
    await this.#instances.claim(set, decision);
    const template = instanceOfSet(set);
    const rounds = [
      await this.#instances.remove(set, remove),
      await this.#instances.create(
        set,
        Array.from({ length: create }, () => template),
      ),
    ];
    await this.#instances.settled(rounds, signal);
    const failed = rounds.find(({ failure }) => failure !== undefined);
    await this.#writeStatus(set, decision, failed?.failure);
    if (isReason(failed?.error, 'Forbidden')) return after(REFUSED_RETRY_MS, describeError(failed?.error));
    if (failed) throw failed.error;
    return done;
  }

  async #writeStatus(
    set: Stored<VirtualMachineInstanceReplicaSet>,
    { replicas, readyReplicas }: Decision,
    failure: RoundFailure | undefined,
  ): Promise<void> {
    const facts = { failure, paused: set.spec.paused === true };
    const status = {
      replicas,
      readyReplicas,
      labelSelector: formatLabelSelector(set.spec.selector),
      conditions: replicaConditions(set.status?.conditions, facts, timestamp(this.#client.world.clock)),
    };
    if (sameJson(status, set.status)) return;
    await this.#client.resource(virtualMachineInstanceReplicaSet).updateStatus({ ...set, status });
  }
}

/** An instance as the set's template describes it. Its name is completed by the server. */
function instanceOfSet(set: Stored<VirtualMachineInstanceReplicaSet>): New<VirtualMachineInstance> {
  const { metadata, spec } = set.spec.template;
  return {
    metadata: {
      generateName: `${set.metadata.name}-`,
      ...(set.metadata.namespace && { namespace: set.metadata.namespace }),
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      finalizers: [instanceFinalizer],
      ownerReferences: [controllerReference(set, virtualMachineInstanceReplicaSet)],
    },
    spec: spec ?? { domain: { devices: {} } },
  };
}

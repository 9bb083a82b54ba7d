import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import { isPodActive, isReason, type Pod, pod, type ReplicaSet, replicaSet, type Stored } from '@godwit/kinds';
import { Brood, BY_CONTROLLER, controllerOf, namespacedName, type RoundFailure } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Decision, decide } from './decide.ts';
import { podOfTemplate } from './pod-of-template.ts';
import { replicaSetStatus } from './replica-set-status.ts';

/** How soon it is tried again when the API may not make a pod now, as with a quota that is used up. */
const REFUSED_RETRY_MS = 5_000;

export class ReplicaSetReconciler implements Reconciler {
  readonly name = 'replica-set';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #pods: Brood<ReplicaSet, Pod>;

  constructor(client: ApiClient) {
    this.#client = client;
    const events = new EventRecorder(client, 'replicaset-controller');
    this.#pods = new Brood(client, events, { parent: replicaSet, child: pod });
    this.wakes = this.#pods.wakes;
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const set = this.#pods.parents.get(namespacedName(name));
    if (!set) return done;
    const nowMs = this.#client.world.clock.now();
    const decision = decide({ set, ...this.#observe(set), nowMs });
    const { create, remove, availableInMs } = decision;
    await this.#pods.claim(set, decision);
    const template = podOfTemplate(set);
    const round =
      create > 0
        ? await this.#pods.create(
            set,
            Array.from({ length: create }, () => template),
          )
        : await this.#pods.remove(set, remove);
    // The next round must not count without what this one wrote, whatever happens to the status.
    await this.#pods.settled([round], signal);
    await this.#writeStatus(set, decision, round.failure);
    // A quota that is used up is no fault of ours: users see it in the condition.
    if (isReason(round.error, 'Forbidden')) return after(REFUSED_RETRY_MS, describeError(round.error));
    if (round.error !== undefined) throw round.error;
    return availableInMs === undefined
      ? done
      : after(availableInMs, 'a pod has not been ready for minReadySeconds yet');
  }

  #observe(set: Stored<ReplicaSet>) {
    const workload = controllerOf(set)?.uid;
    const siblings = workload === undefined ? [set] : [...this.#pods.parents.by(BY_CONTROLLER, workload)];
    const related = siblings.flatMap((sibling) => this.#pods.ownedBy(sibling)).filter(isPodActive);
    return { owned: this.#pods.ownedBy(set), orphans: this.#pods.orphansNear(set), related };
  }

  async #writeStatus(set: Stored<ReplicaSet>, { pods }: Decision, failure: RoundFailure | undefined): Promise<void> {
    const { clock } = this.#client.world;
    const status = replicaSetStatus(set, pods, { nowMs: clock.now(), now: timestamp(clock) }, failure);
    if (sameJson(status, set.status)) return;
    await this.#client.resource(replicaSet).updateStatus({ ...set, status });
  }
}

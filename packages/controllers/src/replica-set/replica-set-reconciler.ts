import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache, sameJson } from '@godwit/client';
import {
  isNotFound,
  isPodActive,
  isReason,
  type Pod,
  pod,
  type ReplicaSet,
  replicaSet,
  type Stored,
  selects,
} from '@godwit/kinds';
import {
  BY_CONTROLLER,
  BY_ORPHANAGE,
  controllerOf,
  controllerReference,
  nameOf,
  namespacedName,
  ownershipIndexes,
  slowStart,
  wake,
} from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Decision, decide } from './decide.ts';
import { podOfTemplate } from './pod-of-template.ts';
import { type ReplicaFailure, replicaSetStatus } from './replica-set-status.ts';

/** How soon it is tried again when the API may not make a pod now, as with a quota that is used up. */
const REFUSED_RETRY_MS = 5_000;

/** What a round of making and taking away came to. */
interface Round {
  /** Latest version that was written; empty when nothing was. */
  readonly version: string;
  readonly failure?: ReplicaFailure;
  readonly error?: unknown;
}

export class ReplicaSetReconciler implements Reconciler {
  readonly name = 'replica-set';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #sets: KindCache<ReplicaSet>;
  readonly #pods: KindCache<Pod>;
  /** Uids of pods that were deleted at once and may still be in the cache. */
  readonly #gone = new Set<string>();

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'replicaset-controller');
    this.#sets = client.cache(replicaSet, ownershipIndexes);
    this.#pods = client.cache(pod, ownershipIndexes);
    this.#pods.subscribe((change) => {
      if (change.type === 'removed') this.#gone.delete(change.before.metadata.uid);
    });
    this.wakes = [wake(this.#sets), wake(this.#pods, (item) => this.#setsOf(item))];
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const set = this.#sets.get(namespacedName(name));
    if (!set) return done;
    const nowMs = this.#client.world.clock.now();
    const decision = decide({ set, ...this.#observe(set), nowMs });
    await this.#claim(set, decision);
    const round = decision.create > 0 ? await this.#create(set, decision.create) : await this.#remove(set, decision);
    // The next round must not count without what this one wrote, whatever happens to the status.
    if (round.version !== '') await this.#pods.reached(round.version, signal);
    await this.#writeStatus(set, decision, round.failure);
    // A quota that is used up is no fault of ours: users see it in the condition.
    if (isReason(round.error, 'Forbidden')) return after(REFUSED_RETRY_MS, describeError(round.error));
    if (round.error !== undefined) throw round.error;
    return decision.availableInMs === undefined
      ? done
      : after(decision.availableInMs, 'a pod has not been ready for minReadySeconds yet');
  }

  /** Sets that a pod concerns: its own, or those that may adopt it. */
  #setsOf(item: Pod): readonly string[] {
    const owner = controllerOf(item);
    const { namespace = '', labels } = item.metadata;
    if (owner) return owner.kind === replicaSet.kind ? [`${namespace}/${owner.name}`] : [];
    return [...this.#sets.values(namespace)].filter((set) => selects(set.spec.selector, labels)).map(nameOf);
  }

  #observe(set: Stored<ReplicaSet>) {
    const present = (item: Stored<Pod>) => !this.#gone.has(item.metadata.uid);
    const owned = [...this.#pods.by(BY_CONTROLLER, set.metadata.uid)].filter(present);
    const orphans = [...this.#pods.by(BY_ORPHANAGE, set.metadata.namespace ?? '')].filter(present);
    const workload = controllerOf(set)?.uid;
    const siblings = workload === undefined ? [set] : [...this.#sets.by(BY_CONTROLLER, workload)];
    const related = siblings
      .flatMap((sibling) => [...this.#pods.by(BY_CONTROLLER, sibling.metadata.uid)])
      .filter((item) => present(item) && isPodActive(item));
    return { owned, orphans, related };
  }

  async #claim(set: Stored<ReplicaSet>, { adopt, release }: Decision): Promise<void> {
    const pods = this.#client.resource(pod);
    const { uid } = set.metadata;
    for (const item of adopt) {
      await pods.modify(item.metadata, (draft) => {
        if (draft.metadata.uid !== item.metadata.uid || controllerOf(draft as Pod)) return false;
        draft.metadata.ownerReferences = [
          ...(draft.metadata.ownerReferences ?? []),
          { ...controllerReference(set, replicaSet) },
        ];
        return true;
      });
    }
    for (const item of release) {
      await pods.modify(item.metadata, (draft) => {
        const others = (draft.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
        if (others.length > 0) draft.metadata.ownerReferences = others;
        else delete draft.metadata.ownerReferences;
      });
    }
  }

  async #create(set: Stored<ReplicaSet>, count: number): Promise<Round> {
    const pods = this.#client.resource(pod);
    const template = podOfTemplate(set);
    const { results, errors } = await slowStart(count, () => pods.create(template));
    for (const made of results) this.#events.normal(set, 'SuccessfulCreate', `created pod ${made.metadata.name}`);
    return this.#round(set, results, errors, 'FailedCreate');
  }

  async #remove(set: Stored<ReplicaSet>, { remove }: Decision): Promise<Round> {
    const outcomes = await Promise.allSettled(remove.map((item) => this.#removeOne(item)));
    const results: Stored<Pod>[] = [];
    const errors: unknown[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const name = remove[index]?.metadata.name;
      if (outcome.status === 'rejected') errors.push(outcome.reason);
      else {
        this.#events.normal(set, 'SuccessfulDelete', `deleted pod ${name}`);
        if (outcome.value) results.push(outcome.value);
      }
    }
    return this.#round(set, results, errors, 'FailedDelete');
  }

  /** The pod as it is on its way out; undefined when it is gone at once. */
  async #removeOne(item: Stored<Pod>): Promise<Stored<Pod> | undefined> {
    const { uid } = item.metadata;
    try {
      const result = await this.#client.resource(pod).delete(item.metadata, { preconditions: { uid } });
      if (!result.deleted) return result.object as Stored<Pod>;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (this.#pods.get(item.metadata)?.metadata.uid === uid) this.#gone.add(uid);
    return undefined;
  }

  #round(
    set: Stored<ReplicaSet>,
    written: readonly Stored<Pod>[],
    errors: readonly unknown[],
    reason: ReplicaFailure['reason'],
  ): Round {
    const versions = written.map((item) => Number(item.metadata.resourceVersion));
    const version = versions.length === 0 ? '' : String(Math.max(...versions));
    const [error] = errors;
    if (error === undefined) return { version };
    const message = describeError(error);
    this.#events.warning(set, reason, message);
    return { version, failure: { reason, message }, error };
  }

  async #writeStatus(set: Stored<ReplicaSet>, { pods }: Decision, failure: ReplicaFailure | undefined): Promise<void> {
    const { clock } = this.#client.world;
    const status = replicaSetStatus(set, pods, { nowMs: clock.now(), now: timestamp(clock) }, failure);
    if (sameJson(status, set.status)) return;
    await this.#client.resource(replicaSet).updateStatus({ ...set, status });
  }
}

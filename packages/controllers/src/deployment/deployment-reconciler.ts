import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache, sameJson } from '@godwit/client';
import {
  type Deployment,
  deployment,
  isAlreadyExists,
  isNotFound,
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
  wake,
} from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Set, wanted } from './bounds.ts';
import { type Decision, decide, type SetChange } from './decide.ts';
import { countReplicas } from './deployment-status.ts';
import { newSet } from './new-set.ts';
import { REVISION } from './revisions.ts';
import { deadlineMs, rolloutConditions, type StepFacts } from './rollout-conditions.ts';
import { isSameTemplate } from './template-hash.ts';

/** What a step came to; with an error it is tried again. */
interface Step extends StepFacts {
  readonly error?: unknown;
}

export class DeploymentReconciler implements Reconciler {
  readonly name = 'deployment';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #deployments: KindCache<Deployment>;
  readonly #sets: KindCache<ReplicaSet>;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'deployment-controller');
    this.#deployments = client.cache(deployment);
    this.#sets = client.cache(replicaSet, ownershipIndexes);
    this.wakes = [wake(this.#deployments), wake(this.#sets, (set) => this.#deploymentsOf(set))];
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const item = this.#deployments.get(namespacedName(name));
    if (!item) return done;
    const sets = await this.#claimedSets(item, signal);
    const decision = decide({ deployment: item, sets });
    const facts = await this.#act(item, decision, signal);
    const current = await this.#writeRevision(item, decision);
    const written = await this.#writeStatus(current, decision, facts);
    if (facts.error !== undefined) throw facts.error;
    const deadline = deadlineMs(written);
    const { clock } = this.#client.world;
    if (deadline === undefined) return done;
    return after(Math.max(1, deadline - clock.now()), 'the rollout has a deadline');
  }

  /** Deployments that a set concerns: its own, or those that may adopt it. */
  #deploymentsOf(set: ReplicaSet): readonly string[] {
    const owner = controllerOf(set);
    const { namespace = '', labels } = set.metadata;
    if (owner) return owner.kind === deployment.kind ? [`${namespace}/${owner.name}`] : [];
    return [...this.#deployments.values(namespace)].filter((item) => selects(item.spec.selector, labels)).map(nameOf);
  }

  /** The Deployment's sets, after orphans that it selects were adopted. */
  async #claimedSets(item: Stored<Deployment>, signal: AbortSignal): Promise<readonly Set[]> {
    const { uid, namespace = '', deletionTimestamp } = item.metadata;
    const owned = [...this.#sets.by(BY_CONTROLLER, uid)];
    if (deletionTimestamp !== undefined) return owned;
    const orphans = [...this.#sets.by(BY_ORPHANAGE, namespace)].filter(
      (set) => selects(item.spec.selector, set.metadata.labels) && set.metadata.deletionTimestamp === undefined,
    );
    const adopted: Set[] = [];
    for (const orphan of orphans) {
      const set = await this.#client.resource(replicaSet).modify(orphan.metadata, (draft) => {
        if (draft.metadata.uid !== orphan.metadata.uid || controllerOf(draft as ReplicaSet)) return false;
        const owners = draft.metadata.ownerReferences ?? [];
        draft.metadata.ownerReferences = [...owners, { ...controllerReference(item, deployment) }];
        return true;
      });
      if (controllerOf(set)?.uid === uid) adopted.push(set);
    }
    await this.#reached(adopted, signal);
    return [...owned, ...adopted];
  }

  /** Waits until the cache knows these writes, so that the next step does not decide without them. */
  async #reached(written: readonly Set[], signal: AbortSignal): Promise<void> {
    const versions = written.map((set) => Number(set.metadata.resourceVersion));
    if (versions.length > 0) await this.#sets.reached(String(Math.max(...versions)), signal);
  }

  async #act(item: Stored<Deployment>, decision: Decision, signal: AbortSignal): Promise<Step> {
    const sets = this.#client.resource(replicaSet);
    const written: Set[] = [];
    let version = decision.fresh?.metadata.name;
    let error: unknown;
    if (decision.create) {
      try {
        const made = await this.#create(item, decision.create);
        version = made.metadata.name;
        written.push(made);
        this.#scaled(item, made, 0);
      } catch (cause) {
        error = cause;
        this.#events.warning(item, 'ReplicaSetCreateError', describeError(cause));
      }
    }
    for (const change of decision.change) written.push(await this.#change(item, change));
    for (const set of decision.remove) {
      await sets.delete(set.metadata, { preconditions: { uid: set.metadata.uid } }).catch(ignoreMissing);
    }
    await this.#reached(written, signal);
    const created = decision.create !== undefined && error === undefined;
    return { version, created, ...(error !== undefined && { error, failure: describeError(error) }) };
  }

  /** Makes the set of a new version. Where its name is taken by another template, the next try has another name. */
  async #create(item: Stored<Deployment>, create: NonNullable<Decision['create']>): Promise<Set> {
    const sets = this.#client.resource(replicaSet);
    const wantedSet = newSet(item, create);
    try {
      return await sets.create(wantedSet);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const name = { namespace: item.metadata.namespace ?? '', name: wantedSet.metadata.name ?? '' };
      const present = await sets.find(name);
      const isOurs = present && controllerOf(present)?.uid === item.metadata.uid;
      // Made by us, and the cache did not know yet.
      if (isOurs && isSameTemplate(present.spec.template, item.spec.template)) return present;
      await this.#client.resource(deployment).modify(
        item.metadata,
        (draft) => {
          draft.status = { ...draft.status, collisionCount: (draft.status?.collisionCount ?? 0) + 1 };
        },
        { subresource: 'status' },
      );
      throw error;
    }
  }

  async #change(item: Stored<Deployment>, { set, replicas, annotations, minReadySeconds }: SetChange): Promise<Set> {
    const changed = await this.#client.resource(replicaSet).update({
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, replicas, minReadySeconds },
    });
    this.#scaled(item, changed, wanted(set));
    return changed;
  }

  #scaled(item: Stored<Deployment>, set: Set, before: number): void {
    const now = wanted(set);
    if (now === before) return;
    const message = `scaled ${now > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${now}`;
    this.#events.normal(item, 'ScalingReplicaSet', message);
  }

  async #writeRevision(item: Stored<Deployment>, { revision }: Decision): Promise<Stored<Deployment>> {
    const { annotations } = item.metadata;
    if (revision === undefined || annotations?.[REVISION] === String(revision)) return item;
    return this.#client.resource(deployment).update({
      ...item,
      metadata: { ...item.metadata, annotations: { ...annotations, [REVISION]: String(revision) } },
    });
  }

  async #writeStatus(item: Stored<Deployment>, decision: Decision, facts: StepFacts): Promise<Stored<Deployment>> {
    const { clock } = this.#client.world;
    const { fresh, old, bounds } = decision;
    const counted = countReplicas(item, fresh, old);
    const at = { nowMs: clock.now(), now: timestamp(clock) };
    const sets = fresh ? [...old, fresh] : old;
    const status = { ...counted, conditions: rolloutConditions(item, counted, sets, bounds, facts, at) };
    if (sameJson(status, item.status)) return item;
    return this.#client.resource(deployment).updateStatus({ ...item, status });
  }
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

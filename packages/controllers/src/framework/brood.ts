import { describeError } from '@godwit/base';
import type { ApiClient, EventRecorder, KindCache, New } from '@godwit/client';
import { isNotFound, type KindDefinition, type KubeObject, type Stored, selects } from '@godwit/kinds';
import type { Wake } from '../reconciler.ts';
import type { Claim, Claimant } from './claim.ts';
import { BY_CONTROLLER, BY_ORPHANAGE, controllerOf, controllerReference, ownershipIndexes } from './controller-of.ts';
import { slowStart } from './slow-start.ts';
import { nameOf, wake } from './wake.ts';

/** Why children could not be made or taken away in a round. */
export interface RoundFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** What a round of making or taking away came to. */
export interface Round {
  /** Newest version that it wrote; empty when it wrote nothing. */
  readonly version: string;
  readonly failure?: RoundFailure;
  readonly error?: unknown;
}

/**
 * The objects of one kind that objects of another keep a number of: pods of a ReplicaSet, machines of a pool. It finds
 * them, lets them change hands, makes and deletes them, and knows those that are gone before the cache does.
 */
export class Brood<Parent extends Claimant, Child extends KubeObject> {
  readonly parents: KindCache<Parent>;
  /** Wakes a parent for itself and for each child, or orphan that it may adopt. */
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #kinds: { readonly parent: KindDefinition<Parent>; readonly child: KindDefinition<Child> };
  readonly #children: KindCache<Child>;
  /** Uids of children that were deleted at once and may still be in the cache. */
  readonly #gone = new Set<string>();

  constructor(
    client: ApiClient,
    events: EventRecorder,
    kinds: { readonly parent: KindDefinition<Parent>; readonly child: KindDefinition<Child> },
  ) {
    this.#client = client;
    this.#events = events;
    this.#kinds = kinds;
    this.parents = client.cache(kinds.parent, ownershipIndexes);
    this.#children = client.cache(kinds.child, ownershipIndexes);
    this.#children.subscribe((change) => {
      if (change.type === 'removed') this.#gone.delete(change.before.metadata.uid);
    });
    this.wakes = [wake(this.parents), wake(this.#children, (child) => this.#parentsOf(child))];
  }

  ownedBy(parent: Stored<Parent>): readonly Stored<Child>[] {
    return this.#present(this.#children.by(BY_CONTROLLER, parent.metadata.uid));
  }

  /** Objects of the parent's namespace that nobody manages. */
  orphansNear(parent: Stored<Parent>): readonly Stored<Child>[] {
    return this.#present(this.#children.by(BY_ORPHANAGE, parent.metadata.namespace ?? ''));
  }

  /** Lets objects change hands as was decided. */
  async claim(parent: Stored<Parent>, { adopt, release }: Pick<Claim<Child>, 'adopt' | 'release'>): Promise<void> {
    const resource = this.#client.resource(this.#kinds.child);
    const { uid } = parent.metadata;
    for (const item of adopt) {
      await resource.modify(item.metadata, (draft) => {
        const { metadata } = draft as { metadata: KubeObject['metadata'] & { ownerReferences?: unknown } };
        if (metadata.uid !== item.metadata.uid || controllerOf(draft as KubeObject)) return false;
        metadata.ownerReferences = [
          ...(item.metadata.ownerReferences ?? []),
          { ...controllerReference(parent, this.#kinds.parent) },
        ];
        return true;
      });
    }
    for (const item of release) {
      await resource.modify(item.metadata, (draft) => {
        const { metadata } = draft as { metadata: { ownerReferences?: readonly { uid: string }[] } };
        const others = (metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
        if (others.length > 0) metadata.ownerReferences = others;
        else delete metadata.ownerReferences;
      });
    }
  }

  /** Makes them, few at first, so that a fault that meets all is met once. */
  async create(parent: Stored<Parent>, wanted: readonly New<Child>[]): Promise<Round> {
    const resource = this.#client.resource(this.#kinds.child);
    const left = wanted.values();
    const { results, errors } = await slowStart(wanted.length, () => resource.create(left.next().value as New<Child>));
    for (const { metadata } of results) {
      this.#events.normal(parent, 'SuccessfulCreate', `created ${this.#word} ${metadata.name}`);
    }
    return this.#round(parent, results, errors, 'FailedCreate');
  }

  async remove(parent: Stored<Parent>, unwanted: readonly Stored<Child>[]): Promise<Round> {
    const outcomes = await Promise.allSettled(unwanted.map((item) => this.#removeOne(item)));
    const results: Stored<KubeObject>[] = [];
    const errors: unknown[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') errors.push(outcome.reason);
      else {
        const name = unwanted[index]?.metadata.name;
        this.#events.normal(parent, 'SuccessfulDelete', `deleted ${this.#word} ${name}`);
        if (outcome.value) results.push(outcome.value);
      }
    }
    return this.#round(parent, results, errors, 'FailedDelete');
  }

  /** Waits until the cache shows what rounds wrote: the next one must not count without it. */
  async settled(rounds: readonly Round[], signal: AbortSignal): Promise<void> {
    for (const { version } of rounds) if (version !== '') await this.#children.reached(version, signal);
  }

  /** How events and conditions call a child: `pod` for short, other kinds by their name. */
  get #word(): string {
    return this.#kinds.child.kind === 'Pod' ? 'pod' : this.#kinds.child.kind;
  }

  #present(items: Iterable<Stored<Child>>): Stored<Child>[] {
    return [...items].filter(({ metadata }) => !this.#gone.has(metadata.uid));
  }

  /** Parents that a child concerns: its own, or those that may adopt it. */
  #parentsOf(child: KubeObject): readonly string[] {
    const owner = controllerOf(child);
    const { namespace = '', labels } = child.metadata;
    if (owner) return owner.kind === this.#kinds.parent.kind ? [`${namespace}/${owner.name}`] : [];
    return [...this.parents.values(namespace)].filter(({ spec }) => selects(spec.selector, labels)).map(nameOf);
  }

  /** The object as it is on its way out; undefined when it is gone at once. */
  async #removeOne({ metadata }: Stored<Child>): Promise<Stored<KubeObject> | undefined> {
    const { uid } = metadata;
    try {
      const result = await this.#client.resource(this.#kinds.child).delete(metadata, { preconditions: { uid } });
      if (!result.deleted) return result.object;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (this.#children.get(metadata)?.metadata.uid === uid) this.#gone.add(uid);
    return undefined;
  }

  #round(
    parent: Stored<Parent>,
    written: readonly Stored<KubeObject>[],
    errors: readonly unknown[],
    reason: RoundFailure['reason'],
  ): Round {
    const versions = written.map(({ metadata }) => Number(metadata.resourceVersion));
    const version = versions.length === 0 ? '' : String(Math.max(...versions));
    const [error] = errors;
    if (error === undefined) return { version };
    const message = describeError(error);
    this.#events.warning(parent, reason, message);
    return { version, failure: { reason, message }, error };
  }
}

import { counted } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { isNotFound, type KindDefinition, type KubeObject, type OwnerReference } from '@godwit/kinds';
import { blocked, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import {
  blocks,
  FOREGROUND,
  goesLast,
  judge,
  leavesOrphans,
  ORPHAN,
  type OwnerState,
  type OwnerView,
} from './judge.ts';
import { collectableKinds, type Node, OwnerGraph } from './owner-graph.ts';

/** Uids of owners that are known to be gone, so that each of many dependents need not ask again. */
const REMEMBERED = 1000;

/**
 * Collects what belongs to nobody any more, lets owners go that wait for what belongs to them, and parts
 * owners from what they leave behind. Works on objects of all kinds, each under the name that its graph gives.
 */
export class GarbageCollector implements Reconciler {
  readonly name = 'garbage-collector';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #graph: OwnerGraph;
  readonly #gone = new Set<string>();

  constructor(client: ApiClient, kinds: readonly KindDefinition[] = collectableKinds()) {
    this.#client = client;
    this.#graph = new OwnerGraph(client, kinds);
    this.wakes = this.#graph.caches.map((cache) => ({ cache, names: (object) => this.#names(cache.kind, object) }));
  }

  /** Itself, if it belongs to somebody or is going; the owners that may wait for it; those it leaves when it is gone. */
  #names(kind: KindDefinition, object: KubeObject): string[] {
    const { ownerReferences = [], deletionTimestamp, uid = '' } = object.metadata;
    const names: string[] = [];
    if (ownerReferences.length > 0 || deletionTimestamp !== undefined) names.push(this.#graph.nameOf(kind, object));
    for (const reference of ownerReferences) {
      const owner = this.#graph.locate(object, reference);
      if (owner.type === 'seen' && owner.node.object.metadata.deletionTimestamp !== undefined)
        names.push(this.#graph.nameOf(owner.node.kind, owner.node.object));
    }
    if (!this.#graph.has(kind, object)) {
      for (const dependent of this.#graph.dependentsOf(uid))
        names.push(this.#graph.nameOf(dependent.kind, dependent.object));
    }
    return names;
  }

  async reconcile(name: string): Promise<Outcome> {
    const node = this.#graph.find(name);
    if (!node) return done;
    if (leavesOrphans(node.object)) return await this.#leaveOrphans(node);
    if (goesLast(node.object)) return await this.#goLast(node);
    if (node.object.metadata.deletionTimestamp === undefined) await this.#collect(node);
    return done;
  }

  /** Deletes the object when its owners are gone; parts it from those that are, when others remain. */
  async #collect(node: Node): Promise<void> {
    const { kind, object } = node;
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const owners: OwnerView[] = [];
    for (const reference of references) owners.push({ reference, state: await this.#stateOf(object, reference) });
    const dependents = [...this.#graph.dependentsOf(object.metadata.uid)].map((dependent) => dependent.object);
    const judgement = judge(object, owners, dependents);
    if (judgement.type === 'disown') await this.#disown(node, judgement.uids);
    if (judgement.type !== 'delete') return;
    const { uid, resourceVersion } = object.metadata;
    const options = { preconditions: { uid, resourceVersion }, propagationPolicy: judgement.propagation };
    await unlessGone(this.#client.resource(kind).delete(placeOf(object), options));
    this.#client.world.log.info('collected', { kind: kind.kind, ...placeOf(object) });
  }

  async #stateOf(object: KubeObject, reference: OwnerReference): Promise<OwnerState> {
    if (this.#gone.has(reference.uid)) return 'absent';
    const owner = this.#graph.locate(object, reference);
    if (owner.type === 'nowhere') return 'unknown';
    if (owner.type === 'seen') return goesLast(owner.node.object) ? 'going last' : 'present';
    // The cache may be behind: before something is deleted for good, the API itself is asked.
    const found = await this.#client.resource(owner.kind).find(owner.where);
    if (found?.metadata.uid === reference.uid) return goesLast(found) ? 'going last' : 'present';
    this.#remember(reference.uid);
    return 'absent';
  }

  #remember(uid: string): void {
    this.#gone.add(uid);
    if (this.#gone.size <= REMEMBERED) return;
    for (const oldest of this.#gone) {
      this.#gone.delete(oldest);
      break;
    }
  }

  /** Has everything that belongs to the object deleted first, and lets it go when nothing blocks it any more. */
  async #goLast(node: Node): Promise<Outcome> {
    const { uid } = node.object.metadata;
    let blocking = 0;
    const dependents = [...this.#graph.dependentsOf(uid)];
    for (const dependent of dependents) {
      if (blocks(dependent.object, uid)) blocking++;
      if (dependent.object.metadata.deletionTimestamp === undefined) await this.#collect(dependent);
    }
    if (blocking > 0)
      return blocked(
        'what belongs to it',
        `${counted(blocking, 'object that belongs to it is', 'objects that belong to it are')} still there`,
      );
    await this.#removeFinalizer(node, FOREGROUND);
    return done;
  }

  /** Parts the object from everything that belongs to it, and lets it go. */
  async #leaveOrphans(node: Node): Promise<Outcome> {
    const { uid } = node.object.metadata;
    const dependents = [...this.#graph.dependentsOf(uid)];
    for (const dependent of dependents) await this.#disown(dependent, [uid]);
    await this.#removeFinalizer(node, ORPHAN);
    return done;
  }

  async #disown({ kind, object }: Node, uids: readonly string[]): Promise<void> {
    const left = object.metadata.ownerReferences?.filter(({ uid }) => !uids.includes(uid)) ?? [];
    await this.#patch(kind, object, { ownerReferences: left });
  }

  async #removeFinalizer({ kind, object }: Node, finalizer: string): Promise<void> {
    const left = object.metadata.finalizers?.filter((one) => one !== finalizer) ?? [];
    await this.#patch(kind, object, { finalizers: left });
  }

  /** Guarded by uid and version: what the cache has not seen yet is never overwritten. */
  async #patch(kind: KindDefinition, object: Node['object'], change: Readonly<Record<string, unknown>>): Promise<void> {
    const { uid, resourceVersion } = object.metadata;
    const body = { metadata: { uid, resourceVersion, ...change } };
    await unlessGone(this.#client.resource(kind).patch(placeOf(object), { type: 'merge', body }));
  }
}

function placeOf({ metadata: { namespace, name = '' } }: KubeObject): { name: string; namespace?: string } {
  return { name, ...(namespace && { namespace }) };
}

/** What has gone by itself meanwhile is as it should be. */
async function unlessGone(act: Promise<unknown>): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

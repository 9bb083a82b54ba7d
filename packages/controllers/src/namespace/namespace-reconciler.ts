import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, type KindCache, sameJson } from '@godwit/client';
import {
  builtInKinds,
  isNotFound,
  type KindDefinition,
  type KubeObject,
  type Namespace,
  namespace as namespaceKind,
  type Stored,
} from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { namespaceConditions, type Remains } from './namespace-conditions.ts';

/** The API gives it to every namespace, and takes it away only through the `finalize` subresource. */
const FINALIZER = 'kubernetes';
/** What remains wakes its namespace when it goes; this is for what nobody tells. */
const LOOK_AGAIN_MS = 5_000;

/** Empties namespaces that are to go, and lets them go. Nothing new can be made in them by then: the API refuses it. */
export class NamespaceReconciler implements Reconciler {
  readonly name = 'namespace';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #namespaces: KindCache<Namespace>;
  readonly #kinds: readonly KindDefinition[];

  constructor(client: ApiClient, kinds: readonly KindDefinition[] = builtInKinds) {
    this.#client = client;
    this.#namespaces = client.cache(namespaceKind);
    this.#kinds = kinds.filter(
      ({ form, namespaced, verbs }) => !form && namespaced && verbs.includes('list') && verbs.includes('delete'),
    );
    const watched = this.#kinds.filter(({ kind, verbs }) => kind !== 'Event' && verbs.includes('watch'));
    this.wakes = [
      wake(this.#namespaces),
      ...watched.map((kind) => wake(client.cache(kind), (object) => this.#namesOf(object))),
    ];
  }

  #namesOf({ metadata: { namespace: name } }: KubeObject): readonly string[] {
    return name && this.#namespaces.get({ name })?.metadata.deletionTimestamp !== undefined ? [name] : [];
  }

  async reconcile(name: string): Promise<Outcome> {
    const known = this.#namespaces.get({ name });
    if (known?.metadata.deletionTimestamp === undefined) return done;
    if (!known.spec?.finalizers?.includes(FINALIZER)) return done;
    const remains = await this.#empty(name);
    await this.#tell(name, remains);
    if (remains.objects.size > 0 || remains.failures.size > 0) {
      const what = [...remains.objects.keys(), ...remains.failures.keys()];
      return after(LOOK_AGAIN_MS, `still in it: ${[...new Set(what)].join(', ')}`);
    }
    await this.#letGo(name);
    return done;
  }

  /** Deletes what is there, and answers what is there after that: asked from the API, since a cache may be behind. */
  async #empty(name: string): Promise<Remains> {
    const objects = new Map<string, number>();
    const finalizers = new Map<string, number>();
    const failures = new Map<string, string>();
    for (const kind of this.#kinds) {
      const what = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
      try {
        const left = await this.#emptyOf(kind, name);
        if (left.length > 0) objects.set(what, left.length);
        for (const finalizer of left.flatMap(({ metadata }) => metadata.finalizers ?? []))
          finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
      } catch (error) {
        failures.set(what, describeError(error));
      }
    }
    return { objects, finalizers, failures };
  }

  async #emptyOf(kind: KindDefinition, namespace: string): Promise<readonly Stored<KubeObject>[]> {
    const resource = this.#client.resource(kind);
    const { items } = await resource.list({ namespace });
    for (const { metadata } of items) {
      // What is going already is not hurried: it has its grace period.
      if (metadata.deletionTimestamp !== undefined) continue;
      const { name, uid } = metadata;
      const options = { preconditions: { uid }, propagationPolicy: 'Background' } as const;
      await resource.delete({ namespace, name }, options).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
    return items.length === 0 ? [] : (await resource.list({ namespace })).items;
  }

  async #tell(name: string, remains: Remains): Promise<void> {
    const now = timestamp(this.#client.world.clock);
    await this.#client.resource(namespaceKind).modify(
      { name },
      (draft) => {
        const before = draft.status?.conditions ?? [];
        const conditions = namespaceConditions(remains, before, now);
        const others = before.filter(({ type }) => !conditions.some((one) => one.type === type));
        const all = [...others, ...conditions];
        if (draft.status?.phase === 'Terminating' && sameJson(all, before)) return false;
        draft.status = { ...draft.status, phase: 'Terminating', conditions: all };
        return true;
      },
      { subresource: 'status' },
    );
  }

  async #letGo(name: string): Promise<void> {
    const { group, version, plural } = namespaceKind;
    const current = await this.#client.resource(namespaceKind).find({ name });
    if (!current) return;
    const finalizers = current.spec?.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? [];
    const address = { group, version, plural, name, subresource: 'finalize' };
    await this.#client.door.update(address, { ...current, spec: { ...current.spec, finalizers } });
  }
}

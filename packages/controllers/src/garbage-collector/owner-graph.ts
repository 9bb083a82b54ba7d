import type { ApiClient, KindCache } from '@godwit/client';
import { builtInKinds, type KindDefinition, type KubeObject, type OwnerReference, type Stored } from '@godwit/kinds';

/** An object with its kind: enough to find and change it. */
export interface Node {
  readonly kind: KindDefinition;
  readonly object: Stored<KubeObject>;
}

const BY_OWNER = 'owner';

/** Kinds that objects are stored of, but for events: they are records, belong to nobody and end by themselves. */
export function collectableKinds(): readonly KindDefinition[] {
  return builtInKinds.filter(
    ({ kind, form, verbs }) =>
      kind !== 'Event' && !form && verbs.includes('list') && verbs.includes('watch') && verbs.includes('delete'),
  );
}

/** Who belongs to whom. Kept by the caches' indexes, so an event costs what its own references cost. */
export class OwnerGraph {
  readonly caches: readonly KindCache<KubeObject>[];
  readonly #byKind = new Map<string, KindCache<KubeObject>>();
  readonly #byPlural = new Map<string, KindCache<KubeObject>>();

  constructor(client: ApiClient, kinds: readonly KindDefinition[]) {
    this.caches = kinds.map((kind) => client.cache(kind, { [BY_OWNER]: uidsOfOwners }));
    for (const cache of this.caches) {
      this.#byKind.set(`${cache.kind.group}/${cache.kind.kind}`, cache);
      this.#byPlural.set(`${cache.kind.group}/${cache.kind.plural}`, cache);
    }
  }

  /** The name under which an object is worked on: `group/plural/namespace/name`. */
  nameOf({ group, plural }: KindDefinition, { metadata: { namespace = '', name } }: KubeObject): string {
    return `${group}/${plural}/${namespace}/${name}`;
  }

  /** The object of such a name, as it stands. */
  find(name: string): Node | undefined {
    const [group, plural, namespace, ...rest] = name.split('/');
    const cache = this.#byPlural.get(`${group}/${plural}`);
    const object = cache?.get({ name: rest.join('/'), ...(namespace && { namespace }) });
    return cache && object && { kind: cache.kind, object };
  }

  /** Whether this very object is still there. */
  has(kind: KindDefinition, object: KubeObject): boolean {
    return this.find(this.nameOf(kind, object))?.object.metadata.uid === object.metadata.uid;
  }

  *dependentsOf(uid: string): Iterable<Node> {
    for (const cache of this.caches) {
      for (const object of cache.by(BY_OWNER, uid)) yield { kind: cache.kind, object };
    }
  }

  /** The kind that a reference means, whatever its version; undefined for one that is not served. */
  kindOf({ apiVersion, kind }: OwnerReference): KindDefinition | undefined {
    const slash = apiVersion.indexOf('/');
    return this.#byKind.get(`${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`)?.kind;
  }

  /** Where an owner is, seen from `object`: in its namespace, or at cluster scope. */
  locate(object: KubeObject, reference: OwnerReference): OwnerPlace {
    const kind = this.kindOf(reference);
    const { namespace } = object.metadata;
    // A namespaced owner of something at cluster scope cannot be found: its namespace is not told.
    if (!kind || (kind.namespaced && !namespace)) return { type: 'nowhere' };
    const where = { name: reference.name, ...(kind.namespaced && namespace && { namespace }) };
    const cached = this.#byKind.get(`${kind.group}/${kind.kind}`)?.get(where);
    if (cached?.metadata.uid !== reference.uid) return { type: 'not seen', kind, where };
    return { type: 'seen', node: { kind, object: cached } };
  }
}

/** Index: objects by the uids of their owners. */
function uidsOfOwners(object: KubeObject): readonly string[] {
  return object.metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
}

export type OwnerPlace =
  | { readonly type: 'seen'; readonly node: Node }
  | {
      readonly type: 'not seen';
      readonly kind: KindDefinition;
      readonly where: { readonly name: string; readonly namespace?: string };
    }
  | { readonly type: 'nowhere' };

import { quantityCanonizer } from './canonical-quantities.ts';
import type { Form } from './form.ts';
import type { KubeObject, ObjectMeta } from './object-meta.ts';
import type { Schema } from './schema.ts';
import type { Cause } from './status.ts';

/** One cell of a table: what `kubectl get` prints. */
export type Cell = string | number | boolean | null;

/** One column of a table. `priority` 0 is always shown, 1 only with `-o wide`. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly description: string;
  readonly priority?: number;
  /** `now` in milliseconds since the epoch, for ages. */
  readonly value: (object: T, now: number) => Cell;
}

/** Where the scale subresource finds its numbers, as dot paths. */
export interface ScaleSubresource {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  /** A label selector in text form, or an object selector that the server prints as text. */
  readonly selectorPath: string;
}

/** An object that another one needs to read: what a host may see because its machines mention it. */
export interface Reference {
  readonly group: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What validation may know besides the object: the stored one on update. */
export interface ValidationContext<T> {
  readonly old?: T;
  /**
   * The subresource through which the object changes: `binding`, `resize` and `ephemeralcontainers` may
   * change what a plain update of a Pod may not.
   */
  readonly subresource?: string;
}

/** Writable all the way down: what `defaults` and `prepare` work on. */
export type Draft<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T;

/**
 * All that Godwit knows of a kind. Types, validation, OpenAPI, discovery, tables, routes, the client and
 * the docs are derived from it. Functions are pure; they see objects whose schema has been checked.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly description: string;
  /** Every top-level field except apiVersion, kind and metadata. */
  readonly body: Schema<Omit<T, keyof KubeObject>>;
  /** Rule for `metadata.name`: DNS subdomain (default), DNS label, or any path segment (RBAC). */
  readonly nameRule: 'subdomain' | 'label' | 'path-segment';
  /** True when `spec` is desired state: its changes count up `metadata.generation`. */
  readonly hasGeneration: boolean;
  /** Fills what the user left out, and writes quantities in their canonical form. Runs on a private copy before validation, also on update. */
  readonly defaults?: (draft: Draft<T>) => void;
  /** Rules that a schema cannot say. */
  readonly validate?: (object: T, context: ValidationContext<T>) => readonly Cause[];
  /** Dot paths, `*` for list items, that cannot change once the object exists. */
  readonly immutable: readonly string[];
  readonly subresources: {
    /** `status` is written through its own subresource, and only there. */
    readonly status: boolean;
    readonly scale?: ScaleSubresource;
    /** Others that the API server serves (`binding`, `log`, `exec`, …). */
    readonly others: readonly string[];
  };
  readonly columns: readonly Column<T>[];
  /** Field selectors beyond metadata.name and metadata.namespace. */
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>;
  /** Objects that this one mentions and whose reading a host needs. */
  readonly references?: (object: T) => readonly Reference[];
  /** Verbs that the resource does not have (`events` have no `deletecollection`, reviews only `create`). */
  readonly verbs: readonly Verb[];
  /** For a kind whose objects are stored as those of another one; absent for all others. */
  readonly form?: Form;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** The object type of a kind whose fields beside metadata are `Body`. */
export type KindOf<Body> = { readonly apiVersion: string; readonly kind: string; readonly metadata: ObjectMeta } & Body;

/** The object type of a defined kind: `type Pod = ObjectOfKind<typeof pod>`. */
export type ObjectOfKind<D> = D extends KindDefinition<infer T> ? T : never;

type Defaulted =
  | 'singular'
  | 'shortNames'
  | 'categories'
  | 'namespaced'
  | 'nameRule'
  | 'hasGeneration'
  | 'immutable'
  | 'subresources'
  | 'columns'
  | 'selectableFields'
  | 'verbs';

/** What a kind's file must say; the rest has defaults (namespaced, DNS subdomain, all verbs, no columns). */
export type KindInput<Body> = Omit<KindDefinition<KindOf<Body>>, Defaulted | 'body' | 'subresources'> &
  Partial<Pick<KindDefinition<KindOf<Body>>, Exclude<Defaulted, 'subresources'>>> & {
    readonly body: Schema<Body>;
    readonly subresources?: Partial<KindDefinition['subresources']>;
  };

export function defineKind<Body>(input: KindInput<Body>): KindDefinition<KindOf<Body>> {
  const canonize = quantityCanonizer(input.body.json);
  return {
    singular: input.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    nameRule: 'subdomain',
    hasGeneration: input.body.json.properties?.spec !== undefined,
    immutable: [],
    columns: [],
    selectableFields: {},
    verbs: allVerbs,
    ...input,
    body: input.body as unknown as KindDefinition<KindOf<Body>>['body'],
    subresources: { status: false, others: [], ...input.subresources },
    ...((input.defaults || canonize) && {
      defaults: (draft: Draft<KindOf<Body>>) => {
        canonize?.(draft);
        input.defaults?.(draft);
      },
    }),
  };
}

/** `group/version`, or `version` for the core group. */
export function apiVersionOf(kind: Pick<KindDefinition, 'group' | 'version'>): string {
  const known = apiVersions.get(kind);
  if (known !== undefined) return known;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  apiVersions.set(kind, apiVersion);
  return apiVersion;
}

/** Made once a kind: every object says it, and all say the same. */
const apiVersions = new WeakMap<object, string>();

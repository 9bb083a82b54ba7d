import { apiVersionOf, type JsonSchema, type KindDefinition, objectMeta } from '@godwit/kinds';
import { componentName } from './component-name.ts';
import { deleteOptionsSchema, listMetaSchema, statusSchema } from './shared-schemas.ts';

/** How the two versions of OpenAPI write what differs between them. */
export interface Dialect {
  /** What stands before a component's name in a reference. */
  readonly prefix: string;
  /** True where a reference may stand beside other fields (OpenAPI v2 as Kubernetes writes it). */
  readonly plainReferences: boolean;
  readonly quantity: object;
  readonly intOrString: object;
}

export const v2Dialect: Dialect = {
  prefix: '#/definitions/',
  plainReferences: true,
  quantity: { type: 'string' },
  intOrString: { type: 'string', format: 'int-or-string' },
};

export const v3Dialect: Dialect = {
  prefix: '#/components/schemas/',
  plainReferences: false,
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Collects the named components of a document while its schemas are written. */
export class Components {
  readonly schemas: Record<string, object> = {};
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** A bare reference to a component. */
  reference(name: string): { $ref: string } {
    return { $ref: `${this.#dialect.prefix}${name}` };
  }

  /** Adds a kind and its list; returns a reference to the kind. */
  addKind(kind: KindDefinition): { $ref: string } {
    const name = componentName(kind);
    if (this.schemas[name]) return this.reference(name);
    const { group, version } = kind;
    const own: JsonSchema = {
      ...kind.body.json,
      type: 'object',
      description: kind.description,
      properties: {
        apiVersion: { type: 'string', description: `Version of the schema: ${apiVersionOf(kind)}.` },
        kind: { type: 'string', description: `Kind of the object: ${kind.kind}.` },
        metadata: { ...objectMeta.json, description: 'Name, identity and life of the object.' },
        ...kind.body.json.properties,
      },
    };
    this.#add(name, own, [{ group, version, kind: kind.kind }]);
    const list = {
      type: 'object',
      description: `A list of ${kind.kind} objects.`,
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: this.#embedded(name, undefined) },
        kind: { type: 'string' },
        metadata: this.#embedded(this.shared('ListMeta', listMetaSchema), undefined),
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind: `${kind.kind}List` }],
    };
    this.schemas[`${name}List`] = list;
    return this.reference(name);
  }

  /** A type of `meta.k8s.io`; returns its component's name. */
  shared(kind: 'ListMeta' | 'DeleteOptions' | 'Status', schema: JsonSchema, kinds?: GroupVersionKind[]): string {
    const name = `${META}.${kind}`;
    if (!this.schemas[name]) this.#add(name, schema, kinds);
    return name;
  }

  deleteOptions(groups: readonly GroupVersionKind[]): { $ref: string } {
    return this.reference(this.shared('DeleteOptions', deleteOptionsSchema, [...groups]));
  }

  status(): { $ref: string } {
    const kinds = [{ group: '', version: 'v1', kind: 'Status' }];
    return this.reference(this.shared('Status', statusSchema, kinds));
  }

  #add(name: string, schema: JsonSchema, kinds?: readonly GroupVersionKind[]): void {
    // Taken before it is written: a schema may mention itself.
    this.schemas[name] = {};
    this.schemas[name] = { ...this.#written(schema), ...(kinds && { 'x-kubernetes-group-version-kind': kinds }) };
  }

  /** A schema where it is used: a reference when it has a name, else written out. */
  #used(schema: JsonSchema): object {
    const { 'x-godwit-name': name, 'x-godwit-description': about, ...rest } = schema;
    if (name !== undefined) {
      if (!this.schemas[name]) this.#add(name, about === undefined ? rest : { ...rest, description: about });
      return this.#embedded(name, schema);
    }
    if (schema.format === 'quantity') return this.#scalar(QUANTITY, this.#dialect.quantity, schema);
    if (schema.format === 'int-or-string') return this.#scalar(INT_OR_STRING, this.#dialect.intOrString, schema);
    if (schema.format === 'date-time') return this.#scalar(TIME, { type: 'string', format: 'date-time' }, schema);
    return this.#written(rest);
  }

  #scalar(name: string, schema: object, use: JsonSchema): object {
    this.schemas[name] ??= schema;
    return this.#embedded(name, use);
  }

  #embedded(name: string, use: JsonSchema | undefined): object {
    const { description: about } = this.schemas[name] as { readonly description?: string };
    const said = {
      // `kubectl explain` prints both: what the type says already is not said again.
      ...(use?.description !== undefined && use.description !== about && { description: use.description }),
      ...(use?.['x-kubernetes-patch-strategy'] !== undefined && {
        'x-kubernetes-patch-strategy': use['x-kubernetes-patch-strategy'],
      }),
    };
    const reference = this.reference(name);
    if (this.#dialect.plainReferences) return { ...said, ...reference };
    return Object.keys(said).length === 0 ? reference : { ...said, allOf: [reference] };
  }

  #written(schema: JsonSchema): object {
    const { properties, items, additionalProperties, nullable, 'x-godwit-name': _, ...rest } = schema;
    const names = properties && Object.keys(properties).sort();
    return {
      ...rest,
      ...(names && {
        properties: Object.fromEntries(names.map((name) => [name, this.#used((properties ?? {})[name] as JsonSchema)])),
      }),
      ...(items && { items: this.#used(items) }),
      ...(additionalProperties && { additionalProperties: this.#used(additionalProperties) }),
      ...(nullable && !this.#dialect.plainReferences && { nullable }),
    };
  }
}

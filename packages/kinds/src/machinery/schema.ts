/**
 * The small language in which kinds are written. A schema is a Kubernetes structural schema (the JSON
 * Schema subset of OpenAPI v3 with `x-kubernetes-*` extensions) and a TypeScript type at once.
 * Fields are optional unless wrapped in {@link required}, as in nearly every Kubernetes type.
 */

/** JSON Schema as Kubernetes publishes it. `name` becomes the component's name in OpenAPI documents. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  /** OpenAPI component name, such as `io.k8s.api.core.v1.PodSpec`; never written into documents as is. */
  readonly 'x-godwit-name'?: string;
  /** What the named component is, where `description` says what it is for in this place; not written either. */
  readonly 'x-godwit-description'?: string;
}

/** A schema whose valid values have the type `T`. */
export interface Schema<T> {
  readonly json: JsonSchema;
  readonly required?: boolean;
  /** The schema lets the field be absent, because the server fills it; see {@link filled}. */
  readonly filled?: boolean;
  /** Never set: carries the type. */
  readonly valueType?: T;
}

/** The type of the values that a schema accepts. Everything in it is read-only: objects are shared. */
export type Static<S> = S extends Schema<infer T> ? T : never;

export interface Required<T> extends Schema<T> {
  readonly required: true;
}

type AnySchema = Schema<unknown>;
type Properties = Readonly<Record<string, AnySchema>>;
type RequiredKeys<P extends Properties> = { [K in keyof P]: P[K] extends Required<unknown> ? K : never }[keyof P];
type OptionalKeys<P extends Properties> = Exclude<keyof P, RequiredKeys<P>>;

/** The object type that a set of property schemas describes. */
export type ObjectOf<P extends Properties> = {
  readonly [K in RequiredKeys<P>]: Static<P[K]>;
} & { readonly [K in OptionalKeys<P>]?: Static<P[K]> };

function make<T>(json: JsonSchema, description?: string): Schema<T> {
  return { json: description === undefined ? json : { ...json, description } };
}

/** Marks a field that must be there. */
export function required<T>(schema: Schema<T>): Required<T> {
  return { ...schema, required: true };
}

/**
 * Marks a field that clients may leave out and the server fills in: readers can count on it, the schema does
 * not ask for it. Go clients send `null` for empty lists and leave statuses empty, so that it must not.
 */
export function filled<T>(schema: Schema<T>): Required<T> {
  return { ...schema, required: true, filled: true };
}

/** The same schema under another description, for a field whose type is described elsewhere. */
export function described<S extends AnySchema>(schema: S, description: string): S {
  const { json } = schema;
  const about = json['x-godwit-description'] ?? json.description;
  const named = json['x-godwit-name'] !== undefined && about !== undefined;
  return { ...schema, json: { ...json, description, ...(named && { 'x-godwit-description': about }) } };
}

export interface StringRules {
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export function string(description?: string, rules: StringRules = {}): Schema<string> {
  return make({ type: 'string', ...rules }, description);
}

/** One of a closed set of words. */
export function oneOf<const T extends readonly string[]>(values: T, description?: string): Schema<T[number]> {
  return make({ type: 'string', enum: values }, description);
}

export interface NumberRules {
  readonly minimum?: number;
  readonly maximum?: number;
}

export function int32(description?: string, rules: NumberRules = {}): Schema<number> {
  return make({ type: 'integer', format: 'int32', ...rules }, description);
}

export function int64(description?: string, rules: NumberRules = {}): Schema<number> {
  return make({ type: 'integer', format: 'int64', ...rules }, description);
}

export function number(description?: string, rules: NumberRules = {}): Schema<number> {
  return make({ type: 'number', format: 'double', ...rules }, description);
}

export function boolean(description?: string): Schema<boolean> {
  return make({ type: 'boolean' }, description);
}

/** An instant, RFC 3339 in whole seconds. */
export function time(description?: string): Schema<string> {
  return make({ type: 'string', format: 'date-time' }, description);
}

/** Base64 (RFC 4648) of any bytes. */
export function bytes(description?: string): Schema<string> {
  return make({ type: 'string', format: 'byte' }, description);
}

/** A Kubernetes quantity: `2`, `500m`, `1Gi`. A bare number is accepted and means itself. */
export function quantity(description?: string): Schema<string | number> {
  return make({ format: 'quantity', 'x-kubernetes-int-or-string': true }, description);
}

export function intOrString(description?: string): Schema<string | number> {
  return make({ format: 'int-or-string', 'x-kubernetes-int-or-string': true }, description);
}

/** Any JSON object, kept as it is. */
export function anyObject(description?: string): Schema<Readonly<Record<string, unknown>>> {
  return make({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, description);
}

/** Any JSON value, kept as it is. */
export function anything(description?: string): Schema<unknown> {
  return make({ 'x-kubernetes-preserve-unknown-fields': true }, description);
}

/** A map from free keys to values of one type. */
export function mapOf<T>(
  value: Schema<T>,
  description?: string,
  rules: { readonly atomic?: boolean; readonly granular?: boolean } = {},
): Schema<Readonly<Record<string, T>>> {
  const json: JsonSchema = { type: 'object', additionalProperties: value.json };
  const mapType = rules.atomic ? 'atomic' : rules.granular ? 'granular' : undefined;
  return make(mapType ? { ...json, 'x-kubernetes-map-type': mapType } : json, description);
}

/** How a list merges. `keys`: a map by those fields; `set`: of distinct scalars; else replaced as a whole. */
export interface ListRules {
  readonly keys?: readonly string[];
  readonly set?: boolean;
  /** Strategic merge key where it is not the first of `keys`. */
  readonly mergeKey?: string;
  /** How strategic merge treats the list where that differs from server-side apply; `replace` says nothing. */
  readonly strategy?: 'merge' | 'retainKeys' | 'merge,retainKeys' | 'replace';
  readonly minItems?: number;
  readonly maxItems?: number;
}

export function listOf<T>(item: Schema<T>, description?: string, rules: ListRules = {}): Schema<readonly T[]> {
  const mergeKey = rules.mergeKey ?? (rules.strategy === 'replace' ? undefined : rules.keys?.[0]);
  const strategy = rules.strategy ?? (rules.keys || rules.set ? 'merge' : undefined);
  return make(
    {
      type: 'array',
      items: item.json,
      'x-kubernetes-list-type': rules.keys ? 'map' : rules.set ? 'set' : 'atomic',
      ...(rules.keys && { 'x-kubernetes-list-map-keys': rules.keys }),
      ...(strategy && strategy !== 'replace' && { 'x-kubernetes-patch-strategy': strategy }),
      ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
      ...(rules.minItems !== undefined && { minItems: rules.minItems }),
      ...(rules.maxItems !== undefined && { maxItems: rules.maxItems }),
    },
    description,
  );
}

export interface ObjectRules {
  /** OpenAPI component name. */
  readonly name?: string;
  /** Replaced as a whole by server-side apply and strategic merge. */
  readonly atomic?: boolean;
  /** Strategic merge drops the fields that a patch does not name (`retainKeys`). */
  readonly retainKeys?: boolean;
  /** Fields that the schema does not name are kept. */
  readonly open?: boolean;
}

export function object<P extends Properties>(
  properties: P,
  description?: string,
  rules: ObjectRules = {},
): Schema<ObjectOf<P>> {
  const requiredNames = Object.keys(properties).filter(
    (name) => properties[name]?.required && !properties[name].filled,
  );
  return make(
    {
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schema.json])),
      ...(requiredNames.length > 0 && { required: requiredNames }),
      ...(rules.atomic && { 'x-kubernetes-map-type': 'atomic' as const }),
      ...(rules.retainKeys && { 'x-kubernetes-patch-strategy': 'retainKeys' }),
      ...(rules.open && { 'x-kubernetes-preserve-unknown-fields': true }),
      ...(rules.name && { 'x-godwit-name': rules.name }),
    },
    description,
  );
}

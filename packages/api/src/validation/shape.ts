import type { JsonSchema } from '@godwit/kinds';
import { isObject, type JsonObject, setField } from '../documents/json.ts';
import { type FormatTest, formats } from './formats.ts';
import { quoted, typeName } from './messages.ts';
import type { Walk } from './walk.ts';

/**
 * Copies a value as its schema allows: fields that the schema does not name are left out and reported,
 * nulls are dropped, everything that is wrong is reported with its path. The copy is private to the caller.
 *
 * This is done by closures that are made once for each schema object, and not by generated code: one pass
 * instead of three (copy, prune, check), nothing to compile for a kind that nobody uses, and the same
 * validation works in a browser whose policy forbids `eval`.
 *
 * What is the very value that `known` has in the same place was read by the same shape before, and is not read again
 * and not copied.
 */
export type Shape = (value: unknown, walk: Walk, known?: unknown) => unknown;

const shapes = new WeakMap<JsonSchema, Shape>();

/** The shape of a schema; parts that schemas share are compiled once. */
export function shapeOf(schema: JsonSchema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const shape = compile(schema);
  shapes.set(schema, shape);
  return shape;
}

function compile(schema: JsonSchema): Shape {
  if (schema['x-kubernetes-int-or-string']) return intOrString(schema);
  switch (schema.type) {
    case 'object':
      return schema.properties || schema['x-kubernetes-preserve-unknown-fields'] || !schema.additionalProperties
        ? objectShape(schema)
        : mapShape(schema.additionalProperties);
    case 'array':
      return listShape(schema);
    case 'string':
      return stringShape(schema);
    case 'integer':
    case 'number':
      return numberShape(schema);
    case 'boolean':
      return (value, walk) => (typeof value === 'boolean' ? value : wrongType(value, walk, 'boolean'));
    default:
      return copyOpen;
  }
}

/** A value that no schema describes: kept as it is. */
function copyOpen(value: unknown, walk: Walk, known?: unknown): unknown {
  if (value === known && typeof value === 'object' && value !== null) return walk.take(value);
  walk.size += typeof value === 'string' ? value.length + 3 : 6;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyOpen(item, walk));
  const copy: JsonObject = {};
  for (const [name, child] of Object.entries(value)) {
    if (child === undefined) continue;
    walk.size += name.length + 4;
    setField(copy, name, copyOpen(child, walk));
  }
  return copy;
}

function wrongType(value: unknown, walk: Walk, expected: string): undefined {
  // Numbers and booleans where a text belongs are mostly words that somebody wrote as they are, such as `off` and `1.20`.
  const isScalar = typeof value === 'boolean' || typeof value === 'number';
  const hint = expected === 'string' && isScalar ? ' (in YAML, put it in quotes as it was written)' : '';
  walk.refuse(
    'FieldValueTypeInvalid',
    `Invalid value: ${quoted(typeName(value))}: ${walk.field} must be of type ${expected}: ${quoted(value)}${hint}`,
  );
  return undefined;
}

function objectShape(schema: JsonSchema): Shape {
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  // Compiled at first use: schemas may be deep, and most of their branches are never met.
  const fields = new Map<string, { schema: JsonSchema; shape: Shape | undefined }>();
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    fields.set(name, { schema: field, shape: undefined });
  const required = schema.required ?? [];
  return (value, walk, known) => {
    if (!isObject(value)) return wrongType(value, walk, 'object');
    if (value === known) return walk.take(value);
    const before = isObject(known) ? known : undefined;
    const copy: JsonObject = {};
    for (const name in value) {
      const child = value[name];
      if (child === undefined) continue;
      const field = fields.get(name);
      walk.size += name.length + 4;
      if (!field) {
        if (open) setField(copy, name, copyOpen(child, walk, before?.[name]));
        else walk.unknown(name, fields.keys());
        continue;
      }
      if (child === null && !field.schema.nullable) continue;
      field.shape ??= shapeOf(field.schema);
      walk.enter(name);
      const copied = child === null ? null : field.shape(child, walk, before?.[name]);
      walk.leave();
      if (copied !== undefined) copy[name] = copied;
    }
    for (const name of required) if (copy[name] === undefined) missing(name, value, walk);
    return copy;
  };
}

function missing(name: string, value: JsonObject, walk: Walk): void {
  // A field of the wrong type has been refused already.
  if (value[name] !== undefined && value[name] !== null) return;
  walk.enter(name);
  walk.refuse('FieldValueRequired', 'Required value');
  walk.leave();
}

function mapShape(valueSchema: JsonSchema): Shape {
  let shape: Shape | undefined;
  return (value, walk, known) => {
    if (!isObject(value)) return wrongType(value, walk, 'object');
    if (value === known) return walk.take(value);
    const before = isObject(known) ? known : undefined;
    shape ??= shapeOf(valueSchema);
    const copy: JsonObject = {};
    for (const name in value) {
      const child = value[name];
      if (child === undefined) continue;
      walk.size += name.length + 4;
      walk.enter(name);
      // A key without a value is kept as Kubernetes keeps it: as the empty string.
      const copied = child === null && valueSchema.type === 'string' ? '' : shape(child, walk, before?.[name]);
      walk.leave();
      if (copied !== undefined) setField(copy, name, copied);
    }
    return copy;
  };
}

function listShape(schema: JsonSchema): Shape {
  let shape: Shape | undefined;
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  return (value, walk, known) => {
    if (!Array.isArray(value)) return wrongType(value, walk, 'array');
    if (value === known) return walk.take(value);
    const before: readonly unknown[] = Array.isArray(known) ? known : [];
    shape ??= schema.items ? shapeOf(schema.items) : copyOpen;
    if (value.length > maxItems) {
      walk.refuse('FieldValueTooMany', `Too many: ${value.length}: must have at most ${maxItems} items`);
    }
    if (value.length < minItems) {
      walk.refuse('FieldValueInvalid', `Invalid value: ${value.length}: should have at least ${minItems} items`);
    }
    // Not pushed one by one: that leaves room for more, and this list is kept.
    return Array.from(value, (item, index) => {
      walk.enter(index);
      const copied = (shape as Shape)(item, walk, before[index]);
      walk.leave();
      return copied;
    });
  };
}

function stringShape(schema: JsonSchema): Shape {
  const values = schema.enum && new Set(schema.enum);
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern, 'u');
  const format = schema.format === undefined ? undefined : formats[schema.format];
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  return (value, walk) => {
    if (typeof value !== 'string') return wrongType(value, walk, 'string');
    walk.size += value.length + 3;
    if (values && !values.has(value) && value !== '') {
      const supported = [...values].sort().map(quoted).join(', ');
      walk.refuse('FieldValueNotSupported', `Unsupported value: ${quoted(value)}: supported values: ${supported}`);
    }
    if (pattern && !pattern.test(value)) refuse(walk, value, `should match '${schema.pattern}'`);
    if (value.length < minLength) refuse(walk, value, `should be at least ${minLength} chars long`);
    if (value.length > maxLength) walk.refuse('FieldValueTooLong', `Too long: may not be more than ${maxLength} bytes`);
    if (format && value !== '') checkFormat(format, value, walk);
    return value;
  };
}

function refuse(walk: Walk, value: unknown, why: string): void {
  walk.refuse('FieldValueInvalid', `Invalid value: ${quoted(value)}: ${why}`);
}

function checkFormat(format: FormatTest, value: string | number, walk: Walk): void {
  const wrong = format(value);
  if (wrong !== undefined) refuse(walk, value, wrong);
}

function numberShape(schema: JsonSchema): Shape {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  const format = schema.format === undefined ? undefined : formats[schema.format];
  return (value, walk) => {
    if (typeof value !== 'number' || (type === 'integer' && !Number.isInteger(value))) {
      return wrongType(value, walk, type as string);
    }
    if (value < minimum) refuse(walk, value, `must be greater than or equal to ${minimum}`);
    if (value > maximum) refuse(walk, value, `must be less than or equal to ${maximum}`);
    if (format) checkFormat(format, value, walk);
    return value;
  };
}

function intOrString(schema: JsonSchema): Shape {
  const format = schema.format === undefined ? undefined : formats[schema.format];
  const mayBeFraction = schema.format === 'quantity';
  return (value, walk) => {
    const fits = typeof value === 'string' || (typeof value === 'number' && (mayBeFraction || Number.isInteger(value)));
    if (!fits) return wrongType(value, walk, 'integer,string');
    if (format) checkFormat(format, value, walk);
    return value;
  };
}

import { type JsonSchema, type KindDefinition, objectMeta } from '@godwit/kinds';

const schemas = new WeakMap<KindDefinition, JsonSchema>();

/** The schema of whole objects of a kind: type, metadata and body. */
export function objectSchema(kind: KindDefinition): JsonSchema {
  const known = schemas.get(kind);
  if (known) return known;
  const schema: JsonSchema = {
    ...kind.body.json,
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: objectMeta.json,
      ...kind.body.json.properties,
    },
  };
  schemas.set(kind, schema);
  return schema;
}

/** What is known of values that no schema describes: nothing. */
export const untyped: JsonSchema = { 'x-kubernetes-preserve-unknown-fields': true };

export function fieldSchema(schema: JsonSchema, name: string): JsonSchema {
  const { properties } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name] as JsonSchema;
  return schema.additionalProperties ?? untyped;
}

export function itemSchema(schema: JsonSchema): JsonSchema {
  return schema.items ?? untyped;
}

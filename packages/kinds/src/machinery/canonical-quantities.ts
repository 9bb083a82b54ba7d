import { canonicalQuantity } from '../exact-quantity.ts';
import type { JsonSchema } from './schema.ts';

type Visit = (value: unknown) => unknown;

/** A function that rewrites the quantities in values of this schema in place, or undefined where there are none. */
function visitorOf(schema: JsonSchema): Visit | undefined {
  if (schema.format === 'quantity') {
    return (value) => (typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : value);
  }
  if (schema.items) return eachOf(visitorOf(schema.items));
  if (schema.additionalProperties) return eachOf(visitorOf(schema.additionalProperties));
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const visit = visitorOf(property);
    return visit ? [[name, visit] as const] : [];
  });
  if (fields.length === 0) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const record = value as Record<string, unknown>;
    for (const [name, visit] of fields) replace(record, name, visit);
    return record;
  };
}

function eachOf(visit: Visit | undefined): Visit | undefined {
  if (!visit) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const container = value as Record<string, unknown>;
    for (const key of Object.keys(container)) replace(container, key, visit);
    return container;
  };
}

function replace(holder: Record<string, unknown>, key: string, visit: Visit): void {
  const before = holder[key];
  if (before === undefined) return;
  const after = visit(before);
  if (after !== before) holder[key] = after;
}

/**
 * Quantities are stored in their canonical form, as Kubernetes does: `1000m` becomes `1`, the number 2 the
 * text `2`. Compiled once a schema. What is no quantity is left for validation to refuse. A status is not
 * touched: on an update it is the stored one, shared with everybody.
 */
export function quantityCanonizer(body: JsonSchema): ((draft: unknown) => void) | undefined {
  const { status: _, ...properties } = body.properties ?? {};
  const visit = visitorOf({ ...body, properties });
  return visit && ((draft) => void visit(draft));
}

import { type KindDefinition, type KubeObject, StatusFailure } from '@godwit/kinds';

/** How to read a selectable field of a kind. Throws `BadRequest` for a field that it does not have. */
export function fieldReader(kind: KindDefinition, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name ?? '';
  if (field === 'metadata.namespace' && kind.namespaced) return (object) => object.metadata.namespace ?? '';
  const reader = Object.hasOwn(kind.selectableFields, field) ? kind.selectableFields[field] : undefined;
  if (!reader) throw new StatusFailure('BadRequest', `field label not supported: ${field}`);
  return reader;
}

import type { KindDefinition } from '../machinery/define-kind.ts';
import type { KubeObject } from '../machinery/object-meta.ts';
import { StatusFailure } from '../machinery/status.ts';

/** One term of a field selector: the field must have this value, or must not. */
export interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

const TERM = /^([^=!,]+?)(==|=|!=)((?:\\.|[^\\,=])*)$/s;

/** Splits at commas that no backslash precedes. */
function splitTerms(text: string): readonly string[] {
  return text.match(/(?:\\.|[^\\,])+/gs) ?? [];
}

/** Reads `spec.nodeName=host-1,metadata.name!=x`; `\\`, `\,` and `\=` stand for themselves. Throws `BadRequest`. */
export function parseFieldSelector(text: string): readonly FieldTerm[] {
  return splitTerms(text).map((term) => {
    const match = TERM.exec(term);
    if (!match) throw new StatusFailure('BadRequest', `invalid field selector: ${JSON.stringify(term)}`);
    const [, field = '', operator, value = ''] = match;
    return { field: field.trim(), equal: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') };
  });
}

type FieldReader = (object: KubeObject) => string;

const METADATA: Readonly<Record<string, FieldReader>> = {
  'metadata.name': (object) => object.metadata.name ?? '',
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
};

function readerOf(kind: KindDefinition, field: string): FieldReader {
  const reader =
    METADATA[field] ?? (Object.hasOwn(kind.selectableFields, field) ? kind.selectableFields[field] : undefined);
  if (!reader) throw new StatusFailure('BadRequest', `field label not supported: ${field}`);
  return reader;
}

/** A test for objects of `kind`. Throws `BadRequest` for a field that the kind does not let select by. */
export function fieldMatcher(kind: KindDefinition, terms: readonly FieldTerm[]): (object: KubeObject) => boolean {
  const checks = terms.map(({ field, equal, value }) => ({ read: readerOf(kind, field), equal, value }));
  return (object) => checks.every(({ read, equal, value }) => (read(object) === value) === equal);
}

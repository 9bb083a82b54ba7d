import { type KindDefinition, type KubeObject, StatusFailure } from '@godwit/kinds';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Reads `spec.nodeName=host-1,metadata.name!=x`; `\` escapes `\`, `,` and `=`. Throws `BadRequest`. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term.trim() === '') continue;
    const match = /^([^=!]*?)(==|!=|=)((?:\\.|[^=\\])*)$/s.exec(term);
    if (!match) throw new StatusFailure('BadRequest', `invalid selector: "${text}"; can't understand "${term}"`);
    const [, field = '', sign, value = ''] = match;
    requirements.push({
      field: field.trim(),
      operator: sign === '!=' ? '!=' : '=',
      value: value.replace(/\\(.)/gs, '$1'),
    });
  }
  return requirements;
}

function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let term = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\') term += character + (text[++at] ?? '');
    else if (character === ',') {
      terms.push(term);
      term = '';
    } else term += character;
  }
  terms.push(term);
  return terms;
}

/** How to read a selectable field of a kind. Throws `BadRequest` for a field that it does not have. */
export function fieldReader(kind: KindDefinition, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name ?? '';
  if (field === 'metadata.namespace' && kind.namespaced) return (object) => object.metadata.namespace ?? '';
  const reader = Object.hasOwn(kind.selectableFields, field) ? kind.selectableFields[field] : undefined;
  if (!reader) throw new StatusFailure('BadRequest', `field label not supported: ${field}`);
  return reader;
}

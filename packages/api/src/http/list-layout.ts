import { dump } from 'js-yaml';
import type { Layout } from './answer.ts';

/** How a list is laid out for whoever reads it: what stands around its items, and how each is written. */
export interface ListLayout {
  /** Everything up to the first of `count` items. `field` holds them: `items` or `rows`. */
  head(fields: object, field: string, count: number): string;
  /** One item, from its JSON. */
  item(json: string): string;
  /** Characters that are joined before they are sent: few where they take long to make. */
  readonly chunk: number;
  readonly separator: string;
  readonly tail: string;
}

const compact: ListLayout = {
  head: (fields, field) => `${JSON.stringify(fields).slice(0, -1)},"${field}":[`,
  item: (json) => json,
  chunk: 256 * 1024,
  separator: ',',
  tail: ']}\n',
};

const indented: ListLayout = {
  head: (fields, field) => `${JSON.stringify(fields, undefined, 2).slice(0, -2)},\n  "${field}": [`,
  item: (json) => `\n    ${JSON.stringify(JSON.parse(json), undefined, 2).replaceAll('\n', '\n    ')}`,
  chunk: 128 * 1024,
  separator: ',',
  tail: '\n  ]\n}\n',
};

const yaml: ListLayout = {
  // The indicator of a list is written once; every item is then a list of one without it.
  head: (fields, field, count) => `${dump(fields, { noRefs: true })}${field}:${count === 0 ? ' []' : ''}\n`,
  item: (json) => dump([JSON.parse(json)], { noRefs: true }),
  chunk: 16 * 1024,
  separator: '',
  tail: '',
};

export function listLayout({ shape, pretty }: Layout): ListLayout {
  if (shape.format === 'yaml') return yaml;
  return pretty ? indented : compact;
}

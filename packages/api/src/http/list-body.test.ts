import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds, type KindDefinition } from '@godwit/kinds';
import { load } from 'js-yaml';
import { Document } from '../documents/document.ts';
import type { DocumentList } from '../operations/operations.ts';
import { listChunks } from './list-body.ts';
import { listLayout } from './list-layout.ts';
import { negotiate, plainJson, type Shape } from './media-type.ts';

const kind = builtInKinds.find((candidate) => candidate.kind === 'ConfigMap') as KindDefinition;
const documents = (count: number, size: number) =>
  Array.from({ length: count }, (_, i) =>
    Document.answer({
      kind: 'ConfigMap',
      metadata: { name: `n${i}` },
      data: { text: 'x\n'.repeat(size), odd: '- a: "b"' },
    }),
  );
const listOf = (count: number, size = 1): DocumentList => ({
  kind,
  documents: documents(count, size),
  resourceVersion: '7',
  continue: 'next',
});
const written = (list: DocumentList, shape: Shape, pretty = false) => [
  ...listChunks(listLayout({ shape, pretty }), list),
];
const expected = (list: DocumentList) => ({
  kind: 'ConfigMapList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '7', continue: 'next' },
  items: list.documents.map(({ object }) => JSON.parse(JSON.stringify(object))),
});

test('a list reads the same in every layout', () => {
  const yaml = negotiate('application/yaml') as Shape;
  for (const count of [1, 3]) {
    const list = listOf(count);
    assert.deepEqual(JSON.parse(written(list, plainJson).join('')), expected(list));
    const indented = written(list, plainJson, true).join('');
    assert.equal(indented, `${JSON.stringify(expected(list), undefined, 2)}\n`);
    assert.deepEqual(load(written(list, yaml).join('')), expected(list));
  }
  for (const pretty of [false, true]) {
    assert.deepEqual(JSON.parse(written(listOf(0), plainJson, pretty).join('')), expected(listOf(0)));
  }
  assert.deepEqual(load(written(listOf(0), yaml).join('')), expected(listOf(0)));
});

test('a large list comes in pieces of bounded size', () => {
  for (const pretty of [false, true]) {
    const pieces = written(listOf(200, 2000), plainJson, pretty);
    assert.ok(pieces.length > 2 && pieces.every(({ length }) => length < 300_000));
    assert.equal(JSON.parse(pieces.join('')).items.length, 200);
  }
});

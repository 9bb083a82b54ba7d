import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, defineKind, type KindDefinition, type KubeObject, object, string } from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { listLayout } from '../http/list-layout.ts';
import { plainJson } from '../http/media-type.ts';
import type { DocumentEvent } from '../operations/operations.ts';
import { type TableForm, tableChunks, tableLine } from './table.ts';
import { columnsOf } from './table-columns.ts';

const column = (name: string, priority = 0): Column<KubeObject> => ({
  name,
  type: 'string',
  description: '',
  priority,
  value: () => name.toLowerCase(),
});

function kindWith(...columns: Column<KubeObject>[]): KindDefinition {
  return defineKind({
    group: 'x.example',
    version: 'v1',
    kind: 'Bird',
    plural: 'birds',
    description: 'A bird.',
    body: object({ colour: string() }),
    columns,
  }) as unknown as KindDefinition;
}

const names = (kind: KindDefinition) => columnsOf(kind).map(({ name }) => name);

test('a name comes first, an age after what is always shown', () => {
  assert.deepEqual(names(kindWith()), ['Name', 'Age']);
  assert.deepEqual(names(kindWith(column('Colour'), column('Nest', 1))), ['Name', 'Colour', 'Age', 'Nest']);
  assert.deepEqual(names(kindWith(column('Age'), column('Colour'))), ['Name', 'Age', 'Colour']);
  assert.deepEqual(names(kindWith(column('Last Seen'), column('Name', 1))), ['Last Seen', 'Name']);
});

const bird = (name: string, revision: number) =>
  Document.draft({
    apiVersion: 'x.example/v1',
    kind: 'Bird',
    metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z' },
    colour: 'grey',
  } as KubeObject).at(revision);

const form = (kind: KindDefinition, include: TableForm['include']): TableForm => ({
  kind,
  version: 'v1',
  include,
  now: () => Date.parse('2026-01-01T00:01:00Z'),
});

test('rows carry as much of the object as was asked for', () => {
  const kind = kindWith(column('Colour'));
  const table = (include: TableForm['include']) =>
    JSON.parse(
      [
        ...tableChunks(listLayout({ shape: plainJson, pretty: false }), form(kind, include), [bird('a', 3)], {
          resourceVersion: '9',
        }),
      ].join(''),
    );
  assert.deepEqual(table('None').rows, [{ cells: ['a', 'colour', '60s'] }]);
  assert.equal(table('None').metadata.resourceVersion, '9');
  const { object: metadata } = table('Metadata').rows[0];
  assert.deepEqual(
    [metadata.kind, metadata.metadata.resourceVersion, metadata.colour],
    ['PartialObjectMetadata', '3', undefined],
  );
  assert.equal(table('Object').rows[0].object.colour, 'grey');
});

test('a column that fails hides nothing else', () => {
  const broken: Column<KubeObject> = {
    ...column('Broken'),
    value: () => {
      throw new Error('odd object');
    },
  };
  const chunks = [
    ...tableChunks(listLayout({ shape: plainJson, pretty: false }), form(kindWith(broken), 'None'), [bird('a', 1)], {
      resourceVersion: '1',
    }),
  ];
  assert.deepEqual(JSON.parse(chunks.join('')).rows, [{ cells: ['a', '<unknown>', '60s'] }]);
});

test('a watch describes its columns once, and makes each line once for all watchers', () => {
  const kind = kindWith(column('Colour'));
  let made = 0;
  const memory = new Map<string, unknown>();
  const event: DocumentEvent = {
    type: 'ADDED',
    document: bird('a', 5),
    line: new Uint8Array(),
    memo<T>(key: string, make: (event: DocumentEvent) => T): T {
      if (!memory.has(key)) {
        made++;
        memory.set(key, make(event));
      }
      return memory.get(key) as T;
    },
  };
  const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  const first = read(tableLine(form(kind, 'Metadata'), event, true));
  assert.equal(first.object.columnDefinitions.length, 3);
  const later = tableLine(form(kind, 'Metadata'), event, false);
  assert.equal(read(later).object.columnDefinitions, null);
  assert.equal(tableLine(form(kind, 'Metadata'), event, false), later);
  assert.equal(made, 2);
});

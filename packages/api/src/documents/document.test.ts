import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import fc from 'fast-check';
import { Document } from './document.ts';

const object = (name: string, data: unknown = {}): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, uid: 'u' }, data }) as unknown as KubeObject;

test('the stored text has no version, the JSON of clients has', () => {
  const document = Document.draft(object('one'));
  assert.equal(document.text, '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","uid":"u"},"data":{}}');
  assert.equal(document.json, document.text);
  document.at(7);
  assert.equal(document.object.metadata.resourceVersion, '7');
  assert.equal(
    document.json,
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"7","name":"one","uid":"u"},"data":{}}',
  );
  assert.ok(!document.text.includes('resourceVersion'));
  assert.equal(document.at(8).revision, 7);
});

test('text that is first asked for after the version is known is without it too', () => {
  const document = Document.draft(object('one')).at(7);
  assert.ok(!document.text.includes('resourceVersion'));
  assert.equal(JSON.parse(document.json).metadata.resourceVersion, '7');
});

test('a draft whose fields come in another order is stored in the right one', () => {
  const { apiVersion, kind, metadata } = object('one');
  const document = Document.draft({
    data: { metadata: { x: 1 } },
    metadata,
    kind,
    apiVersion,
  } as unknown as KubeObject);
  assert.equal(JSON.parse(document.at(3).json).metadata.resourceVersion, '3');
  assert.deepEqual(JSON.parse(document.json).data, { metadata: { x: 1 } });
});

test('whatever an object holds, its forms say the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1 }), (data, revision) => {
      const value = JSON.parse(JSON.stringify(object('one', data))) as KubeObject;
      const stored = { body: { text: Document.draft(structuredClone(value)).text }, revision };
      const document = Document.of(stored);
      const expected = { ...value, metadata: { ...value.metadata, resourceVersion: String(revision) } };
      assert.deepEqual(document.object, expected);
      assert.deepEqual(JSON.parse(document.json), expected);
      assert.deepEqual(document.again(revision + 1).object.metadata.resourceVersion, String(revision + 1));
      assert.deepEqual(document.object, expected);
    }),
  );
});

test('what this process has appended is the document that it reads back', () => {
  const document = Document.draft(object('one'));
  assert.equal(Document.of({ body: document, revision: 4 }), document);
  assert.equal(document.revision, 4);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { duplicateFields } from './duplicate-fields.ts';

test('fields that are named twice are found by their paths', () => {
  const text = `{
    "metadata": {"labels": {"a": 1, "b": 2, "a": 3}},
    "spec": {"containers": [{"name": "x"}, {"name": "y", "name": "z"}]},
    "metadata": {}
  }`;
  assert.deepEqual(duplicateFields(text), ['metadata.labels.a', 'spec.containers[1].name', 'metadata']);
});

test('escapes are read: two spellings of one name are one name', () => {
  assert.deepEqual(duplicateFields('{"a": 1, "\\u0061": 2, "\\"": "}", "b": "\\\\"}'), ['a']);
});

test('what JSON.stringify writes names nothing twice', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      assert.deepEqual(duplicateFields(JSON.stringify(value, undefined, indent)), []);
    }),
  );
});

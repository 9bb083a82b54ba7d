import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  anyObject,
  boolean,
  bytes,
  int32,
  intOrString,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  required,
  string,
  time,
} from '@godwit/kinds';
import fc from 'fast-check';
import { shapeOf } from './shape.ts';
import { Walk } from './walk.ts';

const schema = object({
  name: required(string('Name.', { pattern: '^[a-z]+$', maxLength: 5 })),
  size: int32('Size.', { minimum: 1, maximum: 9 }),
  on: boolean(),
  mode: oneOf(['Fast', 'Slow']),
  amount: quantity(),
  port: intOrString(),
  at: time(),
  blob: bytes(),
  labels: mapOf(string()),
  items: listOf(object({ key: required(string()), value: string() }), 'Items.', { maxItems: 2 }),
  free: anyObject(),
}).json;

function check(value: unknown) {
  const walk = new Walk();
  const copy = shapeOf(schema)(value, walk);
  return {
    copy,
    unknown: walk.unknownFields.map(({ field }) => field),
    causes: walk.causes.map(({ field, reason }) => `${field} ${reason}`),
  };
}

test('what is right is copied as it is', () => {
  const value = {
    name: 'abc',
    size: 3,
    on: false,
    mode: 'Fast',
    amount: '1.5Gi',
    port: 'http',
    at: '2026-01-02T03:04:05.5+01:00',
    blob: 'aGk=',
    labels: { a: '' },
    items: [{ key: 'k' }],
    free: { any: [1, null, { deep: true }] },
  };
  const { copy, unknown, causes } = check(value);
  assert.deepEqual(copy, value);
  assert.notEqual(copy, value);
  assert.deepEqual([unknown, causes], [[], []]);
});

test('everything that is wrong is told at once, where it is', () => {
  const { causes } = check({
    name: 'TOO-LONG',
    size: 10,
    on: 'yes',
    mode: 'Medium',
    amount: 'much',
    port: 1.5,
    at: 'yesterday',
    blob: 'aGk',
    labels: { a: 1 },
    items: [{}, 'x', { key: 'k' }],
    free: [],
  });
  assert.deepEqual(causes, [
    'name FieldValueInvalid',
    'name FieldValueTooLong',
    'size FieldValueInvalid',
    'on FieldValueTypeInvalid',
    'mode FieldValueNotSupported',
    'amount FieldValueInvalid',
    'port FieldValueTypeInvalid',
    'at FieldValueInvalid',
    'blob FieldValueInvalid',
    'labels.a FieldValueTypeInvalid',
    'items FieldValueTooMany',
    'items[0].key FieldValueRequired',
    'items[1] FieldValueTypeInvalid',
    'free FieldValueTypeInvalid',
  ]);
  assert.deepEqual(check({}).causes, ['name FieldValueRequired']);
  assert.deepEqual(check([]).causes, [' FieldValueTypeInvalid']);
});

test('messages are those of kubectl', () => {
  const walk = new Walk();
  shapeOf(schema)({ name: 'a', size: 'x', mode: 'Other' }, walk);
  assert.deepEqual(
    walk.causes.map((cause) => cause.message),
    [
      'Invalid value: "string": size must be of type integer: "x"',
      'Unsupported value: "Other": supported values: "Fast", "Slow"',
    ],
  );
});

test('what YAML took for a boolean or a number is told as such', () => {
  const walk = new Walk();
  shapeOf(schema)({ name: false }, walk);
  assert.deepEqual(
    walk.causes.map((cause) => cause.message),
    ['Invalid value: "boolean": name must be of type string: false (in YAML, put it in quotes as it was written)'],
  );
});

test('unknown fields are left out and named, nulls are left out, open objects keep everything', () => {
  const { copy, unknown } = check({ name: 'a', extra: 1, on: null, items: [{ key: 'k', more: 2 }], free: { x: null } });
  assert.deepEqual(copy, { name: 'a', items: [{ key: 'k' }], free: { x: null } });
  assert.deepEqual(unknown, ['extra', 'items[0].more']);
});

test('names of the prototype are names like others', () => {
  const value = JSON.parse('{"name":"a","labels":{"__proto__":"x","constructor":"y"},"__proto__":1}');
  const { copy, unknown } = check(value);
  assert.deepEqual(Object.entries((copy as { labels: object }).labels), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  assert.deepEqual(unknown, ['__proto__']);
});

test('anything at all is either copied or complained about, and never thrown at', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { copy, causes } = check(value);
      assert.ok(causes.length > 0 || (typeof copy === 'object' && copy !== null));
    }),
  );
});

test('what is the very value that was read before is neither read again nor copied, but counted', () => {
  const shape = shapeOf(object({ labels: mapOf(string('One.'), 'Labels.') }).json);
  const labels = { app: 'web' };
  const [fresh, again] = [new Walk(), new Walk()];
  assert.notEqual((shape({ labels }, fresh, {}) as { labels: object }).labels, labels);
  assert.equal((shape({ labels }, again, { labels }) as { labels: object }).labels, labels);
  assert.equal(again.size, fresh.size);
});

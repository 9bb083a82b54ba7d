import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { freezeJson } from '../documents/json.ts';
import { applyJsonPatch } from './json-patch.ts';

/** Examples of RFC 6902, appendix A, and the corners of RFC 6901. */
const cases: readonly (readonly [what: string, document: unknown, patch: unknown, expected: unknown])[] = [
  ['adds a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
  ['adds to a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  ['adds at the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['removes', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
  ['removes from a list', { a: [1, 2] }, [{ op: 'remove', path: '/a/0' }], { a: [2] }],
  ['replaces', { a: 1 }, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
  ['replaces in a list', { a: [1] }, [{ op: 'replace', path: '/a/0', value: 2 }], { a: [2] }],
  ['replaces all', { a: 1 }, [{ op: 'replace', path: '', value: [1] }], [1]],
  ['moves', { a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
  ['moves in a list', { a: [1, 2, 3] }, [{ op: 'move', from: '/a/0', path: '/a/2' }], { a: [2, 3, 1] }],
  ['copies', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
  ['tests', { a: [1, { b: 2 }] }, [{ op: 'test', path: '/a', value: [1, { b: 2 }] }], { a: [1, { b: 2 }] }],
  [
    'reads ~1 and ~0',
    { 'a/b': 1, 'c~d': 2 },
    [
      { op: 'remove', path: '/a~1b' },
      { op: 'remove', path: '/c~0d' },
    ],
    {},
  ],
  ['names the empty key', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
];

for (const [what, document, patch, expected] of cases) {
  test(`json patch ${what}`, () => assert.deepEqual(applyJsonPatch(freezeJson(document), patch), expected));
}

const refused: readonly (readonly [what: string, patch: unknown, code: string])[] = [
  ['a test that fails', [{ op: 'test', path: '/a', value: 2 }], 'Invalid'],
  ['a path to nothing', [{ op: 'remove', path: '/x' }], 'Invalid'],
  ['replacing nothing', [{ op: 'replace', path: '/x', value: 1 }], 'Invalid'],
  ['an index past the end', [{ op: 'add', path: '/l/3', value: 1 }], 'Invalid'],
  ['an index with a leading zero', [{ op: 'remove', path: '/l/00' }], 'Invalid'],
  ['moving something into itself', [{ op: 'move', from: '/l', path: '/l/0' }], 'Invalid'],
  ['an unknown operation', [{ op: 'merge', path: '/a' }], 'BadRequest'],
  ['a missing value', [{ op: 'add', path: '/a' }], 'BadRequest'],
  ['no list', { op: 'add' }, 'BadRequest'],
  ['a path that is no pointer', [{ op: 'remove', path: 'a' }], 'BadRequest'],
  ['the prototype', [{ op: 'remove', path: '/constructor/name' }], 'Invalid'],
];

for (const [what, patch, code] of refused) {
  test(`json patch refuses ${what}`, () => assert.throws(() => applyJsonPatch({ a: 1, l: [1, 2] }, patch), { code }));
}

test('a copy is its own: changing it leaves the original', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const patch = [
        { op: 'add', path: '/from', value },
        { op: 'copy', from: '/from', path: '/to' },
        { op: 'remove', path: '/from' },
      ];
      const before = JSON.stringify(value);
      const { to } = applyJsonPatch({}, patch) as { to: unknown };
      assert.equal(JSON.stringify(to), JSON.stringify(JSON.parse(before)));
    }),
  );
});

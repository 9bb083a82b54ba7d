import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyKind, pod } from '@godwit/kinds';
import { freezeJson } from '../documents/json.ts';
import { objectSchema } from './patch-schema.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

const schema = objectSchema(anyKind(pod));
const inSpec = (spec: unknown) => ({ spec });

/** Each case is a spec, a patch of it and the spec that must come out. */
const cases: readonly (readonly [what: string, before: object, patch: object, after: object])[] = [
  [
    'merges lists by their key and adds what is new',
    { containers: [{ name: 'a', image: 'a:1' }] },
    {
      containers: [
        { name: 'a', image: 'a:2' },
        { name: 'b', image: 'b:1' },
      ],
    },
    {
      containers: [
        { name: 'a', image: 'a:2' },
        { name: 'b', image: 'b:1' },
      ],
    },
  ],
  [
    'deletes an item by $patch',
    { containers: [{ name: 'a' }, { name: 'b' }] },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: [{ name: 'b' }] },
  ],
  [
    'replaces a list by $patch',
    { containers: [{ name: 'a' }, { name: 'b' }] },
    { containers: [{ $patch: 'replace' }, { name: 'c' }] },
    { containers: [{ name: 'c' }] },
  ],
  [
    'replaces an object by $patch',
    { securityContext: { runAsUser: 1, runAsGroup: 2 } },
    { securityContext: { $patch: 'replace', runAsUser: 3 } },
    { securityContext: { runAsUser: 3 } },
  ],
  [
    'empties an object by $patch',
    { nodeSelector: { a: 'b' } },
    { nodeSelector: { $patch: 'delete' } },
    { nodeSelector: {} },
  ],
  ['removes by null', { nodeName: 'n', hostname: 'h' }, { nodeName: null }, { hostname: 'h' }],
  ['leaves nulls out of what is new', {}, { nodeSelector: { a: 'b', c: null } }, { nodeSelector: { a: 'b' } }],
  [
    'replaces lists without a strategy',
    { containers: [{ name: 'a', command: ['x', 'y'] }] },
    { containers: [{ name: 'a', command: ['z'] }] },
    { containers: [{ name: 'a', command: ['z'] }] },
  ],
  [
    'keeps only named keys by $retainKeys',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
    { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
  ],
  [
    'orders by $setElementOrder, others near where they were',
    { containers: [{ name: 'a' }, { name: 's' }, { name: 'b' }] },
    { $setElementOrder$containers: [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'i' }] },
    { containers: [{ name: 's' }, { name: 'b' }, { name: 'a', image: 'i' }] },
  ],
  [
    'puts new items where $setElementOrder says',
    { containers: [{ name: 'a' }, { name: 'b' }] },
    {
      $setElementOrder$containers: [{ name: 'new' }, { name: 'a' }, { name: 'b' }],
      containers: [{ name: 'new' }],
    },
    { containers: [{ name: 'new' }, { name: 'a' }, { name: 'b' }] },
  ],
];

/** The slash of directive names, which stands as `$` above to keep the table readable. */
function withSlashes(patch: object): object {
  const text = JSON.stringify(patch).replaceAll('$setElementOrder$', '$setElementOrder/');
  return JSON.parse(text) as object;
}

for (const [what, before, patch, after] of cases) {
  test(`strategic merge ${what}`, () => {
    const result = applyStrategicMerge(freezeJson(inSpec(before)), inSpec(withSlashes(patch)), schema);
    assert.deepEqual(result, inSpec(after));
  });
}

test('strategic merge works on lists of plain values', () => {
  const before = { metadata: { finalizers: ['a', 'b', 'c'] } };
  const patch = {
    metadata: {
      '$deleteFromPrimitiveList/finalizers': ['b'],
      '$setElementOrder/finalizers': ['d', 'a', 'c'],
      finalizers: ['d'],
    },
  };
  assert.deepEqual(applyStrategicMerge(before, patch, schema), { metadata: { finalizers: ['d', 'a', 'c'] } });
});

test('strategic merge refuses what it cannot read', () => {
  const refused = [
    inSpec({ containers: [{ image: 'x' }] }),
    inSpec({ containers: ['x'] }),
    inSpec({ $patch: 'merge-it' }),
    inSpec({ volumes: [{ name: 'v', $retainKeys: ['name'], emptyDir: {} }] }),
  ];
  for (const patch of refused) {
    assert.throws(() => applyStrategicMerge(inSpec({}), patch, schema), { code: 'BadRequest' });
  }
});

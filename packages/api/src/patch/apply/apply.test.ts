import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyKind, deployment, pod } from '@godwit/kinds';
import * as fc from 'fast-check';
import { equalJson, freezeJson } from '../../documents/json.ts';
import { objectSchema } from '../patch-schema.ts';
import { mergeApplied, pruneApplied } from './apply.ts';
import { difference, type FieldSet, intersection, pathsOf, sameSet, union } from './field-set.ts';
import { compareFields, fieldsOf } from './fields-of.ts';

const pods = objectSchema(anyKind(pod));
const deployments = objectSchema(anyKind(deployment));

test('fields are written as Kubernetes writes them', () => {
  const object = {
    metadata: { labels: { app: 'web' }, finalizers: ['x/y'] },
    spec: {
      containers: [
        { name: 'a', command: ['run'], ports: [{ containerPort: 80, protocol: 'UDP' }, { containerPort: 81 }] },
      ],
      nodeSelector: { disk: 'fast' },
    },
  };
  assert.deepEqual(fieldsOf(object, pods), {
    'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:finalizers': { 'v:"x/y"': {} } },
    'f:spec': {
      'f:containers': {
        'k:{"name":"a"}': {
          '.': {},
          'f:name': {},
          'f:command': {},
          'f:ports': {
            'k:{"containerPort":80,"protocol":"UDP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
            'k:{"containerPort":81,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
          },
        },
      },
      'f:nodeSelector': {},
    },
  });
});

test('paths are told as kubectl tells them', () => {
  const set = fieldsOf({ spec: { containers: [{ name: 'a', image: 'b' }] } }, pods);
  assert.deepEqual(pathsOf(set), [
    '.spec.containers[name="a"]',
    '.spec.containers[name="a"].name',
    '.spec.containers[name="a"].image',
  ]);
});

test('what differs is found field by field', () => {
  const before = { spec: { replicas: 1, paused: true, selector: { matchLabels: { a: 'b' } } } };
  const after = { spec: { replicas: 2, selector: { matchLabels: { a: 'c' } } } };
  assert.deepEqual(compareFields(before, after, deployments), {
    changed: { 'f:spec': { 'f:replicas': {}, 'f:selector': {} } },
    removed: { 'f:spec': { 'f:paused': {} } },
  });
});

test('what is applied is laid over what is there', () => {
  const live = {
    spec: {
      containers: [
        { name: 'side', image: 's' },
        { name: 'main', image: 'old', env: [{ name: 'A', value: '1' }] },
      ],
    },
  };
  const applied = { spec: { containers: [{ name: 'main', image: 'new', env: [{ name: 'B', value: '2' }] }] } };
  assert.deepEqual(mergeApplied(freezeJson(live), freezeJson(applied), pods), {
    spec: {
      containers: [
        { name: 'side', image: 's' },
        {
          name: 'main',
          image: 'new',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
    },
  });
});

test('what a manager no longer applies goes, unless somebody else has it', () => {
  const live = {
    metadata: { labels: { mine: '1', ours: '2' } },
    spec: {
      containers: [
        { name: 'a', image: 'x', imagePullPolicy: 'Always' },
        { name: 'b', image: 'y' },
      ],
    },
  };
  const last = fieldsOf(
    {
      metadata: { labels: { mine: '1', ours: '2' } },
      spec: {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', image: 'y' },
        ],
      },
    },
    pods,
  );
  const now = fieldsOf({ spec: { containers: [{ name: 'b', image: 'y' }] } }, pods);
  const other = {
    manager: { name: 'other', operation: 'Update' as const, subresource: '' },
    apiVersion: 'v1',
    time: undefined,
    fields: fieldsOf({ metadata: { labels: { ours: '2' } } }, pods),
  };
  assert.deepEqual(pruneApplied(freezeJson(live), pods, last, now, [other]), {
    metadata: { labels: { ours: '2' } },
    spec: { containers: [{ name: 'b', image: 'y' }] },
  });
});

const word = fc.constantFrom('a', 'b', 'c', 'd');
const partialPod = fc.record(
  {
    metadata: fc.record(
      { labels: fc.dictionary(word, word), finalizers: fc.uniqueArray(word) },
      { requiredKeys: [], noNullPrototype: true },
    ),
    spec: fc.record(
      {
        hostname: word,
        nodeSelector: fc.dictionary(word, word),
        containers: fc.uniqueArray(
          fc.record(
            {
              name: word,
              image: word,
              command: fc.array(word),
              env: fc.uniqueArray(fc.record({ name: word, value: word }, { noNullPrototype: true }), {
                selector: (item) => item.name,
              }),
            },
            { requiredKeys: ['name'], noNullPrototype: true },
          ),
          { selector: (item) => item.name },
        ),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

test('applying the same twice is applying it once', () => {
  fc.assert(
    fc.property(partialPod, partialPod, (live, applied) => {
      const once = mergeApplied(live, applied, pods);
      assert.ok(equalJson(mergeApplied(once, applied, pods), once));
      const fields = fieldsOf(applied, pods);
      assert.ok(equalJson(pruneApplied(once, pods, fields, fields, []), once));
    }),
  );
});

test('what a manager adds to nothing goes when he applies nothing', () => {
  fc.assert(
    fc.property(partialPod, partialPod, (theirs, applied) => {
      const other = {
        manager: { name: 'other', operation: 'Apply' as const, subresource: '' },
        apiVersion: 'v1',
        time: undefined,
        fields: fieldsOf(theirs, pods),
      };
      const merged = mergeApplied(theirs, applied, pods);
      const pruned = pruneApplied(merged, pods, fieldsOf(applied, pods), undefined, [other]);
      const left = difference(fieldsOf(pruned, pods), other.fields);
      assert.deepEqual(pathsOf(left), []);
    }),
  );
});

test('sets of fields obey the laws of sets', () => {
  const sets = partialPod.map((object) => fieldsOf(object, pods));
  const same = (a: FieldSet | undefined, b: FieldSet | undefined) => assert.ok(sameSet(a, b), JSON.stringify([a, b]));
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      same(union(a, b), union(b, a));
      same(union(a, a), a);
      same(intersection(a, a), a);
      same(difference(a, a), undefined);
      same(difference(union(a, b), b), difference(a, b));
      same(union(difference(a, b), intersection(a, b)), a);
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import fc from 'fast-check';
import { decisionAnnotation } from '../decision.ts';
import {
  type ActionRecord,
  decisionsOf,
  explainRecord,
  keepRecord,
  type PlacementRecord,
  parseRecords,
} from './index.ts';

const placed: PlacementRecord = {
  v: 1,
  policy: 'spread',
  host: 'a',
  score: 0.87,
  of: 4,
  next: [['b', 0.8]],
  no: [[4, 2]],
  at: 1_700_000_000,
  by: 'default-scheduler',
  rev: '42',
  in: { cpu: 1500, memory: 2 ** 30 },
};
const scaled: ActionRecord = {
  v: 1,
  do: 'scale',
  at: 1_700_000_100,
  by: 'elastic-policy',
  policy: 'web',
  to: '5 replicas',
  why: 'the processors were 80 % busy and 60 % is wanted',
  no: [['more memory for each', 'no host has 2 GiB free']],
};

const machine = (annotation: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', annotations: { [decisionAnnotation]: annotation } },
});

test('whole GPUs are told as they were asked for, and parts of one in thousandths', () => {
  const inputsOf = (amounts: Record<string, number>) =>
    decisionsOf(machine(JSON.stringify({ ...placed, in: amounts })))[0]?.expand().inputs;
  assert.deepEqual(inputsOf({ 'nvidia.com/gpu': 2, 'godwit.dev/gpu-share': 2000 }), { 'nvidia.com/gpu': '2' });
  assert.deepEqual(inputsOf({ 'godwit.dev/gpu-share': 250 }), { 'godwit.dev/gpu-share': '250' });
});

test('a placement is told in full', () => {
  const [known, ...others] = decisionsOf(machine(JSON.stringify(placed)));
  assert.equal(others.length, 0);
  assert.match(known?.name ?? '', /^pod\.web\.[0-9a-f]{8}$/);
  const decision = known?.expand();
  assert.equal(decision?.action, 'Place');
  assert.deepEqual(decision?.subject, { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u' });
  assert.deepEqual(decision?.chosen, { name: 'a', score: 0.87 });
  assert.deepEqual(decision?.runnersUp, [{ name: 'b', score: 0.8 }]);
  assert.deepEqual(decision?.rejected, [{ reason: 'lacked free memory', count: 2 }]);
  assert.deepEqual(decision?.inputs, { cpu: '1.5 cores', memory: '1 GiB' });
  assert.equal(decision?.time, '2023-11-14T22:13:20Z');
  assert.equal(decision?.revision, '42');
  assert.match(decision?.explanation ?? '', /^a was chosen from 4 hosts with 87 of 100 points/);
});

test('any other action is told in its own words', () => {
  assert.equal(
    explainRecord(scaled),
    'It was scaled to 5 replicas because the processors were 80 % busy and 60 % is wanted (policy web). ' +
      'Not more memory for each: no host has 2 GiB free.',
  );
  const [known] = decisionsOf(machine(JSON.stringify(scaled)));
  assert.equal(known?.expand().action, 'Scale');
  assert.deepEqual(known?.expand().rejected, [{ name: 'more memory for each', reason: 'no host has 2 GiB free' }]);
});

test('records are kept by count and by age, the newest first', () => {
  const limits = { count: 3, ageSeconds: 100 };
  let text: string | undefined;
  for (const at of [10, 20, 30, 40]) text = keepRecord(text, { ...scaled, at }, limits);
  assert.deepEqual(
    parseRecords(text).map(({ at }) => at),
    [40, 30, 20],
  );
  text = keepRecord(text, { ...scaled, at: 135 }, limits);
  assert.deepEqual(
    parseRecords(text).map(({ at }) => at),
    [135, 40],
  );
  assert.deepEqual(parseRecords(keepRecord(text, { ...scaled, at: 9_999 }, limits)), [{ ...scaled, at: 9_999 }]);
});

test('what somebody else wrote there does no harm', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const records = parseRecords(text);
      assert.ok(records.length >= 0);
      assert.equal(parseRecords(keepRecord(text, scaled))[0]?.at, scaled.at);
    }),
  );
});

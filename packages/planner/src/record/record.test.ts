import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import fc from 'fast-check';
import { decisionAnnotation } from '../decision.ts';
import {
  type Action,
  type ActionRecord,
  type DecisionRecord,
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
  to: { machines: 5 },
  why: {
    is: 'demand',
    parts: [
      {
        of: 'machines',
        by: {
          is: 'metric',
          name: 'cpu',
          found: { type: 'cpu', value: 80, goal: { is: 'target', target: 60 } },
        },
        wanted: 5,
      },
    ],
  },
};
const preempted: ActionRecord = {
  v: 1,
  do: 'preempt',
  at: 1_700_000_200,
  by: 'default-scheduler',
  policy: 'spread',
  to: 'shop/billing',
  why: { is: 'less-important' },
  no: [['b', { is: 'more-would-leave', machines: 2 }]],
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
    'It was scaled to 5 machines because cpu at 80 % against a goal of 60 % asks for 5 machines (policy web).',
  );
  const [scaling] = decisionsOf(machine(JSON.stringify(scaled))).map((known) => known.expand());
  assert.deepEqual([scaling?.action, scaling?.chosen], ['Scale', { name: '5 machines' }]);
  assert.equal(
    explainRecord(preempted),
    'It had to make room for shop/billing because it is less important, and there was no other room (policy spread). ' +
      'Not b: 2 machines would have had to go there.',
  );
  const [known] = decisionsOf(machine(JSON.stringify(preempted)));
  assert.equal(known?.expand().action, 'Preempt');
  assert.deepEqual(known?.expand().rejected, [{ name: 'b', reason: '2 machines would have had to go there' }]);
});

test('what was done is told for each action', () => {
  const context = { v: 1, at: 1, by: 'somebody', policy: 'p' } as const;
  const told = (action: Action) => explainRecord({ ...context, ...action }).replace(' (policy p).', '');
  assert.equal(told({ do: 'move', to: 'b' }), 'It was moved to b');
  assert.equal(told({ do: 'move', to: 'b', anew: true }), 'It was ended to be made anew on b');
  assert.equal(told({ do: 'power', to: 'off' }), 'It was switched off');
  assert.equal(told({ do: 'preempt', to: 'shop/a' }), 'It had to make room for shop/a');
  assert.equal(told({ do: 'scale', to: { machines: 1, cpu: 1500 } }), 'It was scaled to 1 machine, cpu 1500m');
  assert.equal(told({ do: 'resize', to: { cpu: 2000, memory: 2 ** 30 } }), 'It was given cpu 2, memory 1Gi');
});

test('a reason for which there are no words is left out, and what was done stands', () => {
  const [record] = parseRecords(JSON.stringify({ ...scaled, why: { is: 'of-something-new' } }));
  assert.ok(record);
  assert.equal(explainRecord(record), 'It was scaled to 5 machines (policy web).');
  assert.deepEqual(parseRecords(JSON.stringify({ ...scaled, why: { is: 'demand', parts: [{}] } })), [record]);
  const odd = JSON.stringify([{ ...scaled, why: { is: { toString: 1 } } }, scaled]);
  assert.deepEqual(parseRecords(odd), [record, scaled]);
  assert.deepEqual(parseRecords(JSON.stringify({ ...scaled, to: '5 machines' })), []);
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

test('what somebody else wrote there does no harm, however much it looks like a record', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), almost(placed), almost(scaled), almost(preempted)), (text) => {
      for (const known of decisionsOf(machine(text))) assert.ok(known.expand().explanation.length > 0);
      assert.equal(parseRecords(keepRecord(text, scaled))[0]?.at, scaled.at);
    }),
  );
});

/** The text of a record of which one value, somewhere in it, is another. */
function almost(record: DecisionRecord): fc.Arbitrary<string> {
  const text = JSON.stringify(record);
  const values = [...text.matchAll(/(?<=[:[,])("[^"]*"|\d[\d.]*)(?=[,\]}])/g)];
  return fc.tuple(fc.nat(values.length - 1), fc.json()).map(([which, other]) => {
    const found = values[which];
    assert.ok(found);
    return text.slice(0, found.index) + other + text.slice(found.index + found[0].length);
  });
}

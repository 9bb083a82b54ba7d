import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import {
  explainRefusal,
  type MachineRequest,
  type Policy,
  place,
  placeTogether,
  reasons,
  refusalInEnglish,
  spreadPolicy,
} from './index.ts';
import { exampleHost, exampleRequest, exampleSnapshot, HOSTNAME, ZONE } from './testing/examples.ts';

const absurd = fc.constantFrom(
  Number.NaN,
  -1,
  -1e300,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_VALUE,
  0,
);

test('absurd amounts neither make room nor take the planner down', () => {
  fc.assert(
    fc.property(absurd, absurd, absurd, absurd, (cpu, memory, capacity, ratio) => {
      const snapshot = exampleSnapshot([
        exampleHost('a'),
        exampleHost('b', { capacity: { cpu: capacity, memory: capacity } }),
      ]);
      const policy: Policy = { ...spreadPolicy, overcommit: { cpu: ratio, memory: ratio } };
      const strange = exampleRequest('strange', { amounts: { cpu, memory, pods: 1 } });
      place(snapshot, [strange], policy, new SeededRandom(1));
      const room = snapshot.free('cpu', 0);
      assert.ok(room >= 0 && room <= 4000, `${room}`);
      snapshot.put({ ...strange, uid: 'bound' }, 'a');
      snapshot.remove('bound');
      snapshot.remove('strange');
      assert.equal(snapshot.free('cpu', 0), 4000);
      assert.ok(refusalInEnglish(explainRefusal(snapshot, strange, policy)));
    }),
  );
});

test('weights that are no weights leave the question out', () => {
  const weights = { ...spreadPolicy.weights, leavesRoom: Number.NaN, keepsBalance: -1, avoidsTaints: 0 };
  const snapshot = exampleSnapshot([exampleHost('a')]);
  const [placement] = place(snapshot, [exampleRequest('m')], { name: 'odd', weights }, new SeededRandom(1)).placements;
  assert.deepEqual([placement?.host, placement?.decision.score], ['a', 0]);
});

const near = (app: string) => ({
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey: ZONE }],
  },
});

function refused(requests: readonly MachineRequest[]) {
  const labels = { [HOSTNAME]: 'a', [ZONE]: 'z' };
  const snapshot = exampleSnapshot([exampleHost('a', { labels })]);
  const { refusals } = place(snapshot, requests, spreadPolicy, new SeededRandom(1));
  return refusals.map(({ request, counts }) => [
    request.uid,
    counts.findIndex((count, reason) => reason > 0 && count > 0),
  ]);
}

test('of two that each must be near the other, neither can be first: both wait, and it is said why', () => {
  const circle = [
    exampleRequest('a', { labels: { app: 'a' }, affinity: near('b') }),
    exampleRequest('b', { labels: { app: 'b' }, affinity: near('a') }),
  ];
  assert.deepEqual(refused(circle), [
    ['a', reasons.hasNoFriends],
    ['b', reasons.hasNoFriends],
  ]);
  // Who must be near its own kind may be the first of them.
  assert.deepEqual(refused([exampleRequest('a', { labels: { app: 'a' }, affinity: near('a') })]), []);
});

test('wishes that contradict each other are refused with the one that stands in the way', () => {
  const affinity = { ...near('a'), podAntiAffinity: near('a').podAffinity };
  const both = ['1', '2'].map((uid) => exampleRequest(uid, { labels: { app: 'a' }, affinity }));
  assert.deepEqual(refused(both), [['2', reasons.hasFoes]]);
  const nowhere = exampleRequest('n', { nodeSelector: { [ZONE]: 'elsewhere' } });
  assert.deepEqual(refused([nowhere]), [['n', reasons.selectorDoesNotMatch]]);
  const dedicated = { tenant: 'default', nodeSelector: { for: 'default' } };
  const policy: Policy = { ...spreadPolicy, isolation: { dedicated: [dedicated] } };
  const { refusals } = place(exampleSnapshot([exampleHost('a')]), [exampleRequest('m')], policy, new SeededRandom(1));
  assert.equal(refusals[0]?.counts[reasons.hasOtherTenant], 1);
});

test('a group gets as many hosts as it needs, or none, and then nothing has changed', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 12 }), (cpus, needed) => {
      const snapshot = exampleSnapshot([exampleHost('a'), exampleHost('b')]);
      const requests = cpus.map((cpu, i) => exampleRequest(`m${i}`, { amounts: { cpu, pods: 1 } }));
      const { placements, refusals } = placeTogether(snapshot, requests, needed, spreadPolicy, new SeededRandom(1));
      assert.equal(placements.length + refusals.length, cpus.length);
      assert.ok(placements.length === 0 || placements.length >= needed);
      assert.equal(snapshot.machines.size, placements.length);
      if (placements.length === 0) assert.deepEqual([snapshot.free('cpu', 0), snapshot.free('cpu', 1)], [4000, 4000]);
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPodActive, type Pod, type ReplicaSet, type Stored } from '@godwit/kinds';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { rankForDeletion } from './rank-for-deletion.ts';
import { replicaSetStatus } from './replica-set-status.ts';

const NOW = Date.UTC(2026, 0, 1);
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString().replace('.000', '');

function setOf(replicas: number, more: Partial<ReplicaSet['spec']> = {}): Stored<ReplicaSet> {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web',
      namespace: 'n',
      uid: 'set',
      resourceVersion: '1',
      creationTimestamp: at(100),
      generation: 3,
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      ...more,
    },
  };
}

interface PodFacts {
  readonly name: string;
  readonly ready?: number;
  readonly phase?: 'Pending' | 'Running' | 'Failed' | 'Succeeded';
  readonly node?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly age?: number;
  readonly deleting?: boolean;
  readonly app?: string;
}

/** `ready`: for how many seconds it has been ready. */
function podOf(facts: PodFacts): Stored<Pod> {
  const { name, ready, phase = 'Running', node, cost, restarts = 0, age = 50, deleting, app = 'web' } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'n',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: at(age),
      labels: { app },
      ...(cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      ...(deleting && { deletionTimestamp: at(0) }),
    },
    spec: { containers: [{ name: 'c', image: 'i' }], ...(node && { nodeName: node }) },
    status: {
      phase,
      ...(ready !== undefined && {
        conditions: [{ type: 'Ready', status: 'True' as const, lastTransitionTime: at(ready) }],
      }),
      containerStatuses: [{ name: 'c', ready: ready !== undefined, restartCount: restarts, image: 'i', imageID: '' }],
    },
  };
}

const observed = (set: Stored<ReplicaSet>, owned: readonly Stored<Pod>[], orphans: readonly Stored<Pod>[] = []) =>
  decide({ set, owned, orphans, related: owned, nowMs: NOW });

test('missing pods are made, finished and leaving ones do not count', () => {
  const owned = [podOf({ name: 'a' }), podOf({ name: 'b', phase: 'Failed' }), podOf({ name: 'c', deleting: true })];
  assert.equal(observed(setOf(3), owned).create, 2);
});

test('a set that is on its way out makes and takes nothing', () => {
  const set = setOf(3);
  const leaving = { ...set, metadata: { ...set.metadata, deletionTimestamp: at(0) } };
  const decision = observed(leaving, [podOf({ name: 'a' })], [podOf({ name: 'b' })]);
  assert.deepEqual([decision.create, decision.remove, decision.adopt], [0, [], []]);
});

test('orphans that are selected are adopted and count; owned pods that are not selected are let go', () => {
  const decision = observed(
    setOf(2),
    [podOf({ name: 'a' }), podOf({ name: 'b', app: 'other' })],
    [podOf({ name: 'c' }), podOf({ name: 'd', app: 'other' }), podOf({ name: 'e', deleting: true })],
  );
  assert.deepEqual(
    decision.adopt.map((pod) => pod.metadata.name),
    ['c'],
  );
  assert.deepEqual(
    decision.release.map((pod) => pod.metadata.name),
    ['b'],
  );
  assert.equal(decision.create, 0);
});

test('the most dispensable go first', () => {
  const pods = [
    podOf({ name: 'ready-long', node: 'x', ready: 40 }),
    podOf({ name: 'ready-short', node: 'x', ready: 10 }),
    podOf({ name: 'dear', node: 'x', ready: 10, cost: '5' }),
    podOf({ name: 'cheap', node: 'x', ready: 40, cost: '-5' }),
    podOf({ name: 'restarted', node: 'y', ready: 40, restarts: 2 }),
    podOf({ name: 'calm', node: 'y', ready: 40 }),
    podOf({ name: 'not-ready', node: 'y' }),
    podOf({ name: 'pending', node: 'x', phase: 'Pending' }),
    podOf({ name: 'unplaced', phase: 'Pending' }),
  ];
  const order = rankForDeletion(pods, pods).map((pod) => pod.metadata.name);
  assert.deepEqual(order, [
    'unplaced',
    'pending',
    'not-ready',
    'cheap',
    'ready-short',
    'ready-long',
    'restarted',
    'calm',
    'dear',
  ]);
});

test('the youngest goes first where nothing else tells', () => {
  const pods = [podOf({ name: 'old', age: 100 }), podOf({ name: 'young', age: 1 })];
  assert.equal(rankForDeletion(pods, pods)[0]?.metadata.name, 'young');
});

test('the status counts what is there, ready and ready for long enough', () => {
  const set = setOf(4, { minReadySeconds: 20 });
  const pods = [podOf({ name: 'a', ready: 30 }), podOf({ name: 'b', ready: 5 }), podOf({ name: 'c' })];
  const leaving = podOf({ name: 'd', deleting: true, ready: 30 });
  assert.deepEqual(replicaSetStatus(set, [...pods, leaving], { nowMs: NOW, now: at(0) }), {
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 2,
    availableReplicas: 1,
    terminatingReplicas: 1,
    observedGeneration: 3,
  });
  assert.equal(observed(set, pods).availableInMs, 15_000);
});

test('a failure is told once, however its message changes, and goes with its cause', () => {
  const clock = { nowMs: NOW, now: at(0) };
  const failure = { reason: 'FailedCreate' as const, message: 'exceeded quota' };
  const first = replicaSetStatus(setOf(1), [], { ...clock, now: at(60) }, failure);
  const set = { ...setOf(1), status: first };
  const second = replicaSetStatus(set, [], clock, { ...failure, message: 'still' });
  assert.deepEqual(second, first);
  assert.equal(replicaSetStatus({ ...set, status: second }, [], clock).conditions, undefined);
});

const anyPod = fc
  .record({
    phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Failed' as const),
    ready: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
    node: fc.constantFrom('', 'x', 'y'),
    restarts: fc.nat(3),
    deleting: fc.boolean(),
    age: fc.nat(99),
  })
  .map(({ ready, ...facts }) => ({ ...facts, ...(ready !== undefined && { ready }) }));

test('afterwards there are exactly as many active pods as asked for, and none is taken without need', () => {
  fc.assert(
    fc.property(fc.nat(8), fc.array(anyPod, { maxLength: 8 }), (replicas, facts) => {
      const owned = facts.map((pod, index) => podOf({ ...pod, name: `p${index}` }));
      const { create, remove } = observed(setOf(replicas), owned);
      const active = owned.filter(isPodActive);
      assert.equal(active.length + create - remove.length, replicas);
      assert.ok(create === 0 || remove.length === 0);
      assert.ok(remove.every(isPodActive));
      assert.equal(new Set(remove).size, remove.length);
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stored, VirtualMachineInstance, VirtualMachineInstanceReplicaSet } from '@godwit/kinds';
import fc from 'fast-check';
import { decide } from './decide.ts';

type SetSpec = VirtualMachineInstanceReplicaSet['spec'];

function setOf(replicas: number, more: Partial<SetSpec> = {}): Stored<VirtualMachineInstanceReplicaSet> {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstanceReplicaSet',
    metadata: {
      name: 'web',
      namespace: 'n',
      uid: 'set',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { domain: { devices: {} } } },
      ...more,
    },
  };
}

interface Facts {
  readonly name: string;
  readonly phase?: 'Pending' | 'Running' | 'Failed' | 'Succeeded';
  readonly ready?: boolean;
  readonly age?: number;
  readonly leaving?: boolean;
  readonly app?: string;
}

function instanceOf({ name, phase = 'Running', ready = false, age = 0, leaving, app = 'web' }: Facts) {
  const instance: Stored<VirtualMachineInstance> = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name,
      namespace: 'n',
      uid: name,
      resourceVersion: '1',
      labels: { app },
      creationTimestamp: new Date(Date.UTC(2026, 0, 1) - age * 1000).toISOString(),
      ...(leaving && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { domain: { devices: {} } },
    status: { phase, ...(ready && { conditions: [{ type: 'Ready', status: 'True' as const }] }) },
  };
  return instance;
}

const names = (instances: readonly Stored<VirtualMachineInstance>[]) => instances.map(({ metadata }) => metadata.name);

test('what has ended is taken away and made anew; what is leaving counts no more', () => {
  const owned = [
    instanceOf({ name: 'runs', ready: true }),
    instanceOf({ name: 'ended', phase: 'Succeeded' }),
    instanceOf({ name: 'leaving', leaving: true }),
  ];
  const decision = decide({ set: setOf(3), owned, orphans: [] });
  assert.equal(decision.create, 2);
  assert.deepEqual(names(decision.remove), ['ended']);
  assert.deepEqual([decision.replicas, decision.readyReplicas], [1, 1]);
});

test('of too many those that do least go first, of equals the youngest', () => {
  const owned = [
    instanceOf({ name: 'ready', ready: true, age: 1 }),
    instanceOf({ name: 'old', age: 9 }),
    instanceOf({ name: 'young', age: 2 }),
    instanceOf({ name: 'pending', phase: 'Pending', age: 99 }),
  ];
  assert.deepEqual(names(decide({ set: setOf(1), owned, orphans: [] }).remove), ['pending', 'young', 'old']);
});

test('a set that is paused or on its way out does nothing', () => {
  const owned = [instanceOf({ name: 'ended', phase: 'Failed' })];
  const orphans = [instanceOf({ name: 'orphan' })];
  const leaving = { ...setOf(3), metadata: { ...setOf(3).metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  for (const set of [setOf(3, { paused: true }), leaving]) {
    const { create, remove, adopt, release } = decide({ set, owned, orphans });
    assert.deepEqual([create, remove, adopt, release], [0, [], [], []]);
  }
});

test('orphans that are selected are adopted and count', () => {
  const orphans = [instanceOf({ name: 'mine' }), instanceOf({ name: 'other', app: 'other' })];
  const decision = decide({ set: setOf(1), owned: [], orphans });
  assert.deepEqual(names(decision.adopt), ['mine']);
  assert.equal(decision.create, 0);
});

const anyFacts = fc.record({
  phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Failed' as const),
  ready: fc.boolean(),
  age: fc.nat(9),
  leaving: fc.boolean(),
});

test('after each decision there are as many as were asked for', () => {
  fc.assert(
    fc.property(fc.nat(8), fc.array(anyFacts, { maxLength: 8 }), (replicas, facts) => {
      const owned = facts.map((one, index) => instanceOf({ ...one, name: `i${index}` }));
      const { create, remove, replicas: active } = decide({ set: setOf(replicas), owned, orphans: [] });
      const ended = remove.filter(({ status }) => status?.phase === 'Failed').length;
      assert.equal(active + create - (remove.length - ended), replicas);
      assert.ok(remove.every(({ metadata }) => metadata.deletionTimestamp === undefined));
    }),
  );
});

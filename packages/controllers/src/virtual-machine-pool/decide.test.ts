import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stored, VirtualMachine, VirtualMachinePool } from '@godwit/kinds';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { machineOfPool, REVISION_LABEL, revisionOf } from './machine-of-pool.ts';

type PoolSpec = VirtualMachinePool['spec'];

function poolOf(replicas: number, more: Partial<PoolSpec> = {}): Stored<VirtualMachinePool> {
  return {
    apiVersion: 'pool.kubevirt.io/v1beta1',
    kind: 'VirtualMachinePool',
    metadata: {
      name: 'web',
      namespace: 'n',
      uid: 'pool',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      virtualMachineTemplate: {
        metadata: { labels: { app: 'web' } },
        spec: {
          runStrategy: 'Always',
          dataVolumeTemplates: [{ metadata: { name: 'root' }, spec: { source: { blank: {} } } }],
          template: {
            spec: {
              domain: { devices: {} },
              volumes: [
                { name: 'root', dataVolume: { name: 'root' } },
                { name: 'shared', persistentVolumeClaim: { claimName: 'shared' } },
                { name: 'settings', configMap: { name: 'settings' } },
              ],
            },
          },
        },
      },
      ...more,
    },
  };
}

interface Facts {
  readonly index: number;
  readonly ready?: boolean;
  readonly created?: boolean;
  readonly restart?: boolean;
  readonly outdated?: boolean;
  readonly failures?: number;
  readonly age?: number;
}

function memberOf(pool: Stored<VirtualMachinePool>, facts: Facts): Stored<VirtualMachine> {
  const { index, ready = true, created = true, restart = false, outdated = false, failures = 0, age = 0 } = facts;
  const made = machineOfPool(pool, index);
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: {
      ...made.metadata,
      name: made.metadata.name ?? '',
      uid: `m${index}`,
      resourceVersion: '1',
      creationTimestamp: new Date(Date.UTC(2026, 0, 1) - age * 1000).toISOString(),
      labels: { ...made.metadata.labels, ...(outdated && { [REVISION_LABEL]: 'web-old' }) },
    },
    spec: made.spec,
    status: {
      ready,
      created,
      ...(failures > 0 && { startFailure: { consecutiveFailCount: failures } }),
      ...(restart && { conditions: [{ type: 'RestartRequired', status: 'True' as const }] }),
    },
  };
}

function decided(pool: Stored<VirtualMachinePool>, facts: readonly Facts[], taken: readonly string[] = []) {
  const owned = facts.map((one) => memberOf(pool, one));
  return decide({ pool, owned, orphans: [], isTaken: (name) => taken.includes(name), chance: 0.3 });
}

const names = (machines: readonly { readonly metadata: { readonly name?: string } }[]) =>
  machines.map(({ metadata }) => metadata.name);

test('machines get the lowest numbers that are free, and their own disks', () => {
  const { create } = decided(poolOf(4), [{ index: 1 }], ['web-2']);
  assert.deepEqual(names(create), ['web-0', 'web-3', 'web-4']);
  const { spec } = create[0] ?? {};
  assert.equal(spec?.dataVolumeTemplates?.[0]?.metadata?.name, 'root-0');
  const volumes = spec?.template.spec?.volumes ?? [];
  assert.equal(volumes[0]?.dataVolume?.name, 'root-0');
  assert.equal(volumes[1]?.persistentVolumeClaim?.claimName, 'shared');
  assert.equal(volumes[2]?.configMap?.name, 'settings');
});

test('configurations bear the number where that is asked for', () => {
  const pool = poolOf(1, { nameGeneration: { appendIndexToConfigMapRefs: true } });
  const [machine] = decided(pool, []).create;
  assert.equal(machine?.spec.template.spec?.volumes?.[2]?.configMap?.name, 'settings-0');
});

test('machines go in the order that the policy says, those that do not answer first', () => {
  const members = [
    { index: 0, age: 5 },
    { index: 1, age: 9 },
    { index: 2, age: 1 },
    { index: 3, age: 3, ready: false },
  ];
  const order = (sortPolicy: 'Newest' | 'Oldest' | 'AscendingOrder' | 'DescendingOrder') =>
    names(decided(poolOf(0, { scaleInStrategy: { proactive: { selectionPolicy: { sortPolicy } } } }), members).remove);
  assert.deepEqual(order('Newest'), ['web-3', 'web-2', 'web-0', 'web-1']);
  assert.deepEqual(order('Oldest'), ['web-3', 'web-1', 'web-0', 'web-2']);
  assert.deepEqual(order('AscendingOrder'), ['web-3', 'web-0', 'web-1', 'web-2']);
  assert.deepEqual(order('DescendingOrder'), ['web-3', 'web-2', 'web-1', 'web-0']);
});

test('scaling in can be left to users, or wait until machines are off', () => {
  const members = [{ index: 0 }, { index: 1, created: false, ready: false }];
  assert.deepEqual(decided(poolOf(0, { scaleInStrategy: { unmanaged: true } }), members).remove, []);
  const patient = poolOf(0, { scaleInStrategy: { opportunistic: { enable: true } } });
  assert.deepEqual(names(decided(patient, members).remove), ['web-1']);
});

test('machines of another version are updated, unless they are to be left alone', () => {
  const members = [{ index: 0, outdated: true }, { index: 1 }];
  assert.deepEqual(names(decided(poolOf(2), members).update), ['web-0']);
  assert.deepEqual(decided(poolOf(2, { updateStrategy: { unmanaged: {} } }), members).update, []);
});

test('restarts keep to the number of machines that may be down', () => {
  const waiting = Array.from({ length: 4 }, (_, index) => ({ index, restart: true }));
  const restarts = (maxUnavailable: number | string, members: readonly Facts[] = waiting) =>
    decided(poolOf(members.length, { maxUnavailable }), members).restart.length;
  assert.equal(restarts('100%'), 4);
  assert.equal(restarts('50%'), 2);
  assert.equal(restarts(1), 1);
  assert.equal(restarts('10%'), 1);
  assert.equal(restarts(2, [...waiting, { index: 4, ready: false }]), 1);
  const gentle = poolOf(4, { updateStrategy: { opportunistic: {} } });
  assert.deepEqual(decided(gentle, waiting).restart, []);
});

test('a machine that cannot start is made anew where that is asked for', () => {
  const members = [{ index: 0, ready: false, failures: 3 }, { index: 1 }];
  assert.deepEqual(decided(poolOf(2), members).remove, []);
  assert.deepEqual(names(decided(poolOf(2, { autohealing: {} }), members).remove), ['web-0']);
  const patient = poolOf(2, { autohealing: { startUpFailureThreshold: 4 } });
  assert.deepEqual(decided(patient, members).remove, []);
});

test('a paused pool does nothing and counts', () => {
  const decision = decided(poolOf(5, { paused: true }), [{ index: 0, outdated: true, restart: true }]);
  const { create, remove, update, restart, replicas, readyReplicas } = decision;
  assert.deepEqual([create, remove, update, restart, replicas, readyReplicas], [[], [], [], [], 1, 1]);
});

test('the version changes with the template and with nothing else, and is a label', () => {
  const pool = poolOf(1);
  assert.equal(revisionOf(pool), revisionOf(poolOf(7, { paused: true })));
  const { virtualMachineTemplate: template } = pool.spec;
  const other = { ...template, spec: { ...template.spec, runStrategy: 'Halted' as const } };
  assert.notEqual(revisionOf(pool), revisionOf(poolOf(1, { virtualMachineTemplate: other })));
  const long = { ...pool, metadata: { ...pool.metadata, name: 'a'.repeat(200) } };
  assert.match(revisionOf(long), /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
});

test('after each decision there are as many as were asked for, and no number twice', () => {
  const anyMember = fc.record({ ready: fc.boolean(), created: fc.boolean(), age: fc.nat(5) });
  fc.assert(
    fc.property(fc.nat(9), fc.uniqueArray(fc.nat(20), { maxLength: 9 }), anyMember, (replicas, indexes, facts) => {
      const decision = decided(
        poolOf(replicas),
        indexes.map((index) => ({ ...facts, index })),
      );
      assert.equal(indexes.length + decision.create.length - decision.remove.length, replicas);
      const removed = new Set(names(decision.remove));
      const left = indexes.map((index) => `web-${index}`).filter((name) => !removed.has(name));
      const all = [...left, ...names(decision.create)];
      assert.equal(new Set(all).size, all.length);
    }),
  );
});

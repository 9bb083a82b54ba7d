import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceFinalizer, type PersistentVolumeClaim, type Stored, type VirtualMachineInstance } from '@godwit/kinds';
import { decide, type Observation } from './decide.ts';

const NOW = '2026-01-01T00:00:00Z';

function instance(over: {
  readonly metadata?: Partial<VirtualMachineInstance['metadata']>;
  readonly spec?: Partial<VirtualMachineInstance['spec']>;
  readonly status?: VirtualMachineInstance['status'];
}): Stored<VirtualMachineInstance> {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name: 'vm',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: NOW,
      finalizers: [instanceFinalizer],
      ...over.metadata,
    },
    spec: { domain: { devices: {}, memory: { guest: '1Gi' } }, ...over.spec },
    ...(over.status && { status: over.status }),
  };
}

const claim: PersistentVolumeClaim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: {}, spec: {} };

const see = (its: Stored<VirtualMachineInstance>, there: Partial<Observation> = {}): Observation => ({
  instance: its,
  claim: () => undefined,
  dataVolume: () => undefined,
  hostExists: () => true,
  now: NOW,
  ...there,
});

test('a new instance is guarded and waits for a host', () => {
  const { finalizer, status } = decide(see(instance({ metadata: { finalizers: [] } })));
  assert.equal(finalizer, 'add');
  assert.equal(status?.phase, 'Scheduling');
  assert.deepEqual(status?.phaseTransitionTimestamps, [{ phase: 'Scheduling', phaseTransitionTimestamp: NOW }]);
  assert.deepEqual(status?.currentCPUTopology, { sockets: 1, cores: 1, threads: 1 });
  assert.equal(status?.memory?.guestAtBoot, '1Gi');
  const again = decide(see(instance({ status }), { now: '2026-01-01T00:01:00Z' }));
  assert.deepEqual(again, { finalizer: 'keep', status });
});

test('one without volumes is the scheduler’s from its first moment, until that has refused it', () => {
  const status = { phase: 'Pending' as const };
  assert.deepEqual(decide(see(instance({ status }))), { finalizer: 'keep' });
  const refused = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable' };
  const told = decide(see(instance({ status: { ...status, conditions: [refused] } }))).status;
  assert.equal(told?.phase, 'Scheduling');
  assert.ok(told?.conditions?.some(({ type }) => type === 'Ready'));
});

test('without its claim an instance is pending, and says which one is missing', () => {
  const spec = { volumes: [{ name: 'root', persistentVolumeClaim: { claimName: 'disk' } }] };
  const { status } = decide(see(instance({ spec })));
  assert.equal(status?.phase, 'Pending');
  const missing = status?.conditions?.find(({ reason }) => reason === 'FailedPvcNotFound');
  assert.equal(missing?.message, 'PVC default/disk does not exist');
  const found = decide(see(instance({ spec, status }), { claim: () => claim })).status;
  assert.equal(found?.phase, 'Scheduling');
  assert.equal(
    found?.conditions?.some(({ type }) => type === 'Synchronized'),
    false,
  );
});

test('what has a host is its host’s business', () => {
  const status = { nodeName: 'host-1', phase: 'Running' as const };
  assert.deepEqual(decide(see(instance({ status }))), { finalizer: 'keep' });
  const deletionTimestamp = NOW;
  assert.deepEqual(decide(see(instance({ status, metadata: { deletionTimestamp } }))), { finalizer: 'keep' });
  const refused = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable' };
  const bound = decide(see(instance({ status: { ...status, conditions: [refused] } })));
  assert.deepEqual(bound.status?.conditions, []);
});

test('an instance that is deleted before it has a host goes at once', () => {
  const gone = instance({ metadata: { deletionTimestamp: NOW }, status: { phase: 'Scheduling' } });
  assert.deepEqual(decide(see(gone)), { finalizer: 'remove' });
});

test('an instance whose host no longer exists has failed, and can be removed', () => {
  const status = { nodeName: 'host-1', phase: 'Running' as const };
  const lost = decide(see(instance({ status }), { hostExists: () => false }));
  assert.equal(lost.status?.phase, 'Failed');
  assert.equal(lost.status?.reason, 'NodeGone');
  const deleted = instance({ status, metadata: { deletionTimestamp: NOW } });
  assert.deepEqual(decide(see(deleted, { hostExists: () => false })), { finalizer: 'remove' });
});

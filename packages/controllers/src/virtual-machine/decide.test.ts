import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DataVolume,
  type Draft,
  defaultInstanceSpec,
  machineFinalizer,
  type PersistentVolumeClaim,
  type RunStrategy,
  type Stored,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstancePhase,
  type VirtualMachineStatus,
} from '@godwit/kinds';
import { decide } from './decide.ts';
import type { Observation } from './observation.ts';

const NOW = Date.UTC(2026, 0, 1);

interface MachineOver {
  readonly status?: VirtualMachineStatus;
  readonly metadata?: Partial<VirtualMachine['metadata']>;
  readonly spec?: Partial<VirtualMachine['spec']>;
}

const machine = (runStrategy: RunStrategy, over: MachineOver = {}): Stored<VirtualMachine> => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: {
    name: 'vm',
    namespace: 'default',
    uid: 'machine-1',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 1,
    finalizers: [machineFinalizer],
    ...over.metadata,
  },
  spec: {
    runStrategy,
    template: { metadata: { labels: { app: 'web' } }, spec: { domain: { devices: {}, memory: { guest: '1Gi' } } } },
    ...over.spec,
  },
  status: over.status ?? {},
});

interface InstanceOver {
  readonly status?: Partial<NonNullable<VirtualMachineInstance['status']>>;
  readonly metadata?: Partial<VirtualMachineInstance['metadata']>;
}

const instance = (
  phase: VirtualMachineInstancePhase | undefined,
  over: InstanceOver = {},
): Stored<VirtualMachineInstance> => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: {
    name: 'vm',
    namespace: 'default',
    uid: 'instance-1',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: { 'kubevirt.io/vm-generation': '1' },
    ownerReferences: [
      { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: 'vm', uid: 'machine-1', controller: true },
    ],
    ...over.metadata,
  },
  spec: { domain: { devices: {} } },
  status: { ...(phase && { phase }), ...over.status },
});

const see = (
  its: Stored<VirtualMachine>,
  found?: Stored<VirtualMachineInstance>,
  more: { volumes?: Record<string, DataVolume>; claims?: Record<string, PersistentVolumeClaim>; nowMs?: number } = {},
): Observation => ({
  machine: its,
  instance: found,
  dataVolume: (name) => more.volumes?.[name],
  claim: (name) => more.claims?.[name],
  nowMs: more.nowMs ?? NOW,
  chance: 0,
});

const start = { action: 'Start' as const };
const stop = { action: 'Stop' as const, uid: 'instance-1' };
const asked = (...stateChangeRequests: NonNullable<VirtualMachineStatus['stateChangeRequests']>[number][]) => ({
  status: { stateChangeRequests },
});

/** What is done: `start`, `stop`, `unhalt` or nothing. */
function does(observation: Observation): string {
  const decision = decide(observation);
  const words = [
    decision.createInstance && 'start',
    decision.deleteInstance && 'stop',
    decision.unhalt && 'unhalt',
    decision.lookAgainMs !== undefined && 'wait',
  ];
  return words.filter(Boolean).join(' ') || 'leave';
}

test('every run strategy, in every state of the instance', () => {
  const phases = ['Running', 'Failed', 'Succeeded'] as const;
  const expected: Record<string, Record<(typeof phases)[number] | 'none', string>> = {
    Always: { none: 'start', Running: 'leave', Failed: 'stop', Succeeded: 'stop' },
    RerunOnFailure: { none: 'start', Running: 'leave', Failed: 'stop', Succeeded: 'stop' },
    Manual: { none: 'leave', Running: 'leave', Failed: 'leave', Succeeded: 'leave' },
    Halted: { none: 'leave', Running: 'stop', Failed: 'stop', Succeeded: 'stop' },
    Once: { none: 'start', Running: 'leave', Failed: 'leave', Succeeded: 'leave' },
  };
  for (const [strategy, row] of Object.entries(expected)) {
    assert.equal(does(see(machine(strategy as RunStrategy))), row.none, strategy);
    for (const phase of phases) {
      assert.equal(does(see(machine(strategy as RunStrategy), instance(phase))), row[phase], `${strategy} ${phase}`);
    }
  }
});

test('the older form of the run strategy: running', () => {
  const { runStrategy: _, ...spec } = machine('Halted').spec;
  const older = (running: boolean) => ({ ...machine('Halted'), spec: { ...spec, running } });
  assert.equal(does(see(older(true))), 'start');
  assert.equal(does(see(older(false), instance('Running'))), 'stop');
});

test('requests to start and stop are answered, and dropped once they are', () => {
  assert.equal(does(see(machine('Manual', asked(start)))), 'start');
  assert.equal(does(see(machine('Manual', asked(stop)), instance('Running'))), 'stop');
  assert.equal(does(see(machine('Halted', asked({ ...start, data: { paused: 'true' } })))), 'unhalt');
  // Asked for before it was halted.
  const halted = decide(see(machine('Halted', asked(start))));
  assert.deepEqual([halted.unhalt, halted.status.stateChangeRequests], [false, undefined]);
  // A restart: the stop is dropped when the instance has gone, and the start answered then.
  const restarted = decide(see(machine('Always', asked(stop, start)), instance('Running')));
  assert.equal(restarted.deleteInstance?.metadata.uid, 'instance-1');
  assert.deepEqual(restarted.status.stateChangeRequests, [stop, start]);
  const gone = decide(see(machine('Manual', asked(stop, start))));
  assert.deepEqual(gone.status.stateChangeRequests, [start]);
  const running = decide(see(machine('Manual', asked(start)), instance('Running')));
  assert.equal(running.status.stateChangeRequests, undefined);
  // A stop that was meant for an earlier instance.
  const late = decide(see(machine('Manual', asked({ ...stop, uid: 'before' })), instance('Running')));
  assert.equal(late.deleteInstance, undefined);
  assert.equal(late.status.stateChangeRequests, undefined);
});

test('a start that is to be paused holds the guest', () => {
  const decision = decide(see(machine('Manual', asked({ ...start, data: { paused: 'true' } }))));
  assert.equal(decision.createInstance?.spec.startStrategy, 'Paused');
});

test('RerunOnFailure runs again after a failure, and not after a success', () => {
  const failed = decide(see(machine('RerunOnFailure'), instance('Failed')));
  assert.deepEqual(failed.status.stateChangeRequests, [start]);
  assert.equal(failed.status.runStrategy, 'RerunOnFailure');
  const done = decide(see(machine('RerunOnFailure'), instance('Succeeded')));
  assert.equal(done.status.stateChangeRequests, undefined);
  assert.equal(does(see(machine('RerunOnFailure', { status: done.status }))), 'leave');
});

test('machines that fail before they run wait longer each time', () => {
  let status: VirtualMachineStatus = {};
  let nowMs = NOW;
  for (const seconds of [10, 40, 90, 160, 250, 300, 300]) {
    const uid = `failed-${seconds}-${nowMs}`;
    const failed = see(machine('Always', { status }), instance('Failed', { metadata: { uid } }), { nowMs });
    status = decide(failed).status;
    // The same failure is counted once.
    assert.deepEqual(
      decide({ ...failed, machine: machine('Always', { status }) }).status.startFailure,
      status.startFailure,
    );
    const waiting = decide(see(machine('Always', { status }), undefined, { nowMs }));
    assert.equal(waiting.createInstance, undefined);
    assert.equal(waiting.lookAgainMs, seconds * 1000);
    assert.equal(waiting.status.printableStatus, 'CrashLoopBackOff');
    nowMs += seconds * 1000;
    assert.equal(does(see(machine('Always', { status }), undefined, { nowMs })), 'start');
  }
  const ran = instance('Failed', { status: { phaseTransitionTimestamps: [{ phase: 'Running' }] } });
  assert.equal(decide(see(machine('Always', { status }), ran)).status.startFailure, undefined);
});

test('the instance has the template, its owner, its finalizer and an identity that stays', () => {
  const { createInstance } = decide(see(machine('Always')));
  assert.deepEqual(createInstance?.metadata.labels, { app: 'web' });
  assert.deepEqual(createInstance?.metadata.finalizers, ['kubevirt.io/foregroundDeleteVirtualMachine']);
  assert.equal(createInstance?.metadata.ownerReferences?.[0]?.uid, 'machine-1');
  assert.equal(createInstance?.spec.domain.firmware?.uuid, 'machine-1');
});

test('one word for people', () => {
  const word = (its: Stored<VirtualMachine>, found?: Stored<VirtualMachineInstance>) =>
    decide(see(its, found)).status.printableStatus;
  const condition = (type: string, status: 'True' | 'False', reason = '') =>
    instance(type === 'Paused' ? 'Running' : 'Scheduling', { status: { conditions: [{ type, status, reason }] } });
  const deleted = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
  assert.equal(word(machine('Halted')), 'Stopped');
  assert.equal(word(machine('Always')), 'Starting');
  assert.equal(word(machine('Always'), instance(undefined)), 'Starting');
  assert.equal(word(machine('Always'), instance('Scheduled')), 'Starting');
  assert.equal(word(machine('Always'), instance('Running')), 'Running');
  assert.equal(word(machine('Always'), condition('Paused', 'True')), 'Paused');
  assert.equal(word(machine('Always'), condition('PodScheduled', 'False', 'Unschedulable')), 'ErrorUnschedulable');
  assert.equal(word(machine('Always'), condition('Synchronized', 'False', 'FailedPvcNotFound')), 'ErrorPvcNotFound');
  assert.equal(word(machine('Always'), condition('Synchronized', 'False', 'ErrImagePull')), 'ErrImagePull');
  assert.equal(word(machine('Halted'), instance('Running')), 'Stopping');
  assert.equal(word(machine('Always'), instance('Running', deleted)), 'Stopping');
  assert.equal(word(machine('Manual'), instance('Succeeded')), 'Stopped');
  assert.equal(word(machine('Always', deleted), instance('Running')), 'Terminating');
});

test('conditions are the instance’s, and keep their times', () => {
  const lastTransitionTime = '2025-05-05T00:00:00Z';
  const found = instance('Running', {
    status: {
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime },
        { type: 'AgentConnected', status: 'True' },
      ],
    },
  });
  const { status } = decide(see(machine('Always'), found));
  assert.equal(status.ready, true);
  assert.deepEqual(status.conditions, [
    { type: 'Ready', status: 'True', lastTransitionTime },
    { type: 'AgentConnected', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
  ]);
  const again = decide(see(machine('Always', { status }), found, { nowMs: NOW + 60_000 })).status;
  assert.deepEqual(again, status);
  const stopped = decide(see(machine('Halted', { status }))).status;
  assert.deepEqual(
    stopped.conditions?.map(({ type, reason }) => [type, reason]),
    [['Ready', 'VMINotExists']],
  );
});

test('a change of the template that a running machine cannot take asks for a restart', () => {
  const { createInstance } = decide(see(machine('Always')));
  // The API fills in what the template leaves open.
  const spec = structuredClone(createInstance?.spec) as Draft<VirtualMachineInstance['spec']>;
  defaultInstanceSpec(spec);
  const found = { ...instance('Running'), spec };
  const changed = (template: VirtualMachine['spec']['template']['spec'] & object) => {
    const its = machine('Always', { metadata: { generation: 2 }, spec: { template: { spec: template } } });
    const { status } = decide(see(its, found));
    return [status.conditions?.some(({ type }) => type === 'RestartRequired'), status.observedGeneration];
  };
  const same = { domain: { devices: {}, memory: { guest: '1Gi' } } };
  assert.deepEqual(changed({ ...same, nodeSelector: { disk: 'ssd' }, terminationGracePeriodSeconds: 5 }), [false, 2]);
  assert.deepEqual(changed({ domain: { devices: {}, memory: { guest: '512Mi' } } }), [false, 2]);
  assert.deepEqual(changed({ domain: { devices: {}, memory: { guest: '128Mi' } } }), [true, 1]);
  assert.deepEqual(changed({ domain: { ...same.domain, devices: { rng: {} } } }), [true, 1]);
});

test('a guest that keeps what it was to give back asks for a restart, and says why', () => {
  const conditions = [
    {
      type: 'HotMemoryChange',
      status: 'False' as const,
      reason: 'GuestKeepsMemory',
      message: 'The guest keeps 1 GiB.',
    },
  ];
  const found = { ...instance('Running'), status: { phase: 'Running' as const, conditions } };
  const { status } = decide(see(machine('Always'), found));
  const told = status.conditions?.map(({ type, message }) => [type, message]);
  assert.deepEqual(told?.slice(1), [
    ['RestartRequired', 'The guest keeps 1 GiB.'],
    ['HotMemoryChange', 'The guest keeps 1 GiB.'],
  ]);
});

test('an instance of the same name that belongs to nobody, or somebody else, is left alone and named', () => {
  const decision = decide(see(machine('Always'), instance('Running', { metadata: { ownerReferences: [] } })));
  assert.equal(decision.createInstance ?? decision.deleteInstance, undefined);
  const failure = decision.status.conditions?.find(({ type }) => type === 'Failure');
  assert.match(failure?.message ?? '', /does not belong to this machine/);
});

test('a machine that is deleted takes its instance with it, unless that is orphaned', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const going = (finalizers: string[]) => machine('Always', { metadata: { deletionTimestamp, finalizers } });
  const first = decide(see(going([machineFinalizer]), instance('Running')));
  assert.deepEqual([first.finalizer, first.deleteInstance?.metadata.uid], ['keep', 'instance-1']);
  const last = decide(see(going([machineFinalizer])));
  assert.deepEqual([last.finalizer, last.deleteInstance, last.createInstance], ['remove', undefined, undefined]);
  const orphaned = decide(see(going([machineFinalizer, 'orphan']), instance('Running')));
  assert.deepEqual([orphaned.finalizer, orphaned.deleteInstance], ['remove', undefined]);
});

test('DataVolumes of the machine are made, and waited for', () => {
  const source = { spec: { source: { blank: {} }, storage: { resources: { requests: { storage: '1Gi' } } } } };
  const spec = {
    dataVolumeTemplates: [{ metadata: { name: 'disk' }, ...source }],
    template: { spec: { domain: { devices: {} }, volumes: [{ name: 'root', dataVolume: { name: 'disk' } }] } },
  };
  const volume = (phase: NonNullable<NonNullable<DataVolume['status']>['phase']>): Record<string, DataVolume> => ({
    disk: {
      apiVersion: 'cdi.kubevirt.io/v1beta1',
      kind: 'DataVolume',
      metadata: { name: 'disk' },
      ...source,
      status: { phase },
    },
  });
  const none = decide(see(machine('Always', { spec })));
  assert.equal(none.createDataVolumes[0]?.metadata.labels?.['kubevirt.io/created-by'], 'machine-1');
  assert.equal(none.createInstance, undefined);
  const filling = decide(see(machine('Always', { spec }), undefined, { volumes: volume('ImportInProgress') }));
  assert.deepEqual([filling.createInstance, filling.status.printableStatus], [undefined, 'Provisioning']);
  const failed = decide(see(machine('Always', { spec }), undefined, { volumes: volume('Failed') }));
  assert.equal(failed.status.printableStatus, 'DataVolumeError');
  for (const phase of ['Succeeded', 'WaitForFirstConsumer'] as const) {
    assert.equal(does(see(machine('Always', { spec }), undefined, { volumes: volume(phase) })), 'start');
  }
});

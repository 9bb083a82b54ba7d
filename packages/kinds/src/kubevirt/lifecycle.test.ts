import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReason } from '../machinery/index.ts';
import { checkInstanceOrder, restartMachine, startMachine, stopMachine } from './lifecycle.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachineInstance } from './virtual-machine-instance.ts';
import type { RunStrategy } from './virtual-machine-status.ts';

const machine = (runStrategy: RunStrategy, status: VirtualMachine['status'] = {}): VirtualMachine => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'vm', namespace: 'default' },
  spec: { runStrategy, template: { spec: { domain: { devices: {} } } } },
  status,
});

const instance = (phase: 'Running' | 'Failed' | 'Succeeded', ...conditions: string[]): VirtualMachineInstance => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name: 'vm', namespace: 'default', uid: 'u1' },
  spec: { domain: { devices: {} } },
  status: { phase, conditions: conditions.map((type) => ({ type, status: 'True' as const })) },
});

const requests = (...stateChangeRequests: object[]) => ({ status: { status: { stateChangeRequests } } });
const refused = (reason: 'Conflict' | 'Forbidden' | 'BadRequest', pattern: RegExp) => (error: unknown) => {
  assert.ok(isReason(error, reason), String(error));
  assert.match(String(error), pattern);
  return true;
};

test('start says it in the spec where the machine is halted, and asks the controller where users decide', () => {
  assert.deepEqual(startMachine(machine('Halted'), undefined), { machine: { spec: { runStrategy: 'Always' } } });
  const { runStrategy: _, ...spec } = machine('Halted').spec;
  const older = { ...machine('Halted'), spec: { ...spec, running: false } };
  assert.deepEqual(startMachine(older, undefined), { machine: { spec: { running: true } } });
  assert.deepEqual(startMachine(machine('Manual'), undefined), requests({ action: 'Start' }));
  assert.deepEqual(
    startMachine(machine('Halted'), undefined, { paused: true }),
    requests({ action: 'Start', data: { paused: 'true' } }),
  );
  assert.deepEqual(
    startMachine(machine('Manual'), instance('Failed')),
    requests({ action: 'Stop', uid: 'u1' }, { action: 'Start' }),
  );
});

test('start is refused where it makes no sense', () => {
  assert.throws(() => startMachine(machine('Halted'), instance('Running')), refused('Conflict', /already running/));
  assert.throws(() => startMachine(machine('Always'), undefined), refused('Conflict', /does not support manual start/));
  assert.throws(() => startMachine(machine('RerunOnFailure'), instance('Failed')), refused('Conflict', /failed state/));
  const busy = machine('Manual', { stateChangeRequests: [{ action: 'Start' }] });
  assert.throws(() => startMachine(busy, undefined), refused('Conflict', /already underway/));
});

test('stop halts what runs by itself, and asks the controller elsewhere', () => {
  assert.deepEqual(stopMachine(machine('Always'), instance('Running')), {
    machine: { spec: { runStrategy: 'Halted' } },
  });
  assert.deepEqual(stopMachine(machine('Manual'), instance('Running')), requests({ action: 'Stop', uid: 'u1' }));
  assert.deepEqual(stopMachine(machine('Manual'), instance('Running'), { gracePeriod: 0 }), {
    instance: { spec: { terminationGracePeriodSeconds: 0 } },
    ...requests({ action: 'Stop', uid: 'u1' }),
  });
  assert.throws(() => stopMachine(machine('Manual'), undefined), refused('Conflict', /not running/));
  assert.throws(() => stopMachine(machine('Halted'), instance('Running')), refused('Conflict', /shorter graceperiod/));
  const pending = machine('Manual', { stateChangeRequests: [{ action: 'Start' }], startFailure: {} });
  assert.deepEqual(stopMachine(pending, instance('Running')), {
    status: { status: { stateChangeRequests: [{ action: 'Stop', uid: 'u1' }], startFailure: null } },
  });
});

test('restart is a stop and a start; by force it cuts the power', () => {
  const both = requests({ action: 'Stop', uid: 'u1' }, { action: 'Start' });
  assert.deepEqual(restartMachine(machine('Always'), instance('Running')), both);
  assert.deepEqual(restartMachine(machine('Always'), instance('Running'), { gracePeriodSeconds: 0 }), {
    instance: { spec: { terminationGracePeriodSeconds: 0 } },
    ...both,
  });
  assert.throws(() => restartMachine(machine('Halted'), instance('Running')), refused('Conflict', /Halted/));
  assert.throws(() => restartMachine(machine('Always'), undefined), refused('Conflict', /not running/));
  const slow = () => restartMachine(machine('Always'), instance('Running'), { gracePeriodSeconds: 9 });
  assert.throws(slow, refused('BadRequest', /gracePeriod=0/));
});

test('orders need an instance that runs, and one that can take them', () => {
  for (const order of ['pause', 'softreboot', 'reset', 'freeze'] as const)
    checkInstanceOrder(instance('Running'), order);
  checkInstanceOrder(instance('Running', 'Paused'), 'unpause');
  assert.throws(() => checkInstanceOrder(instance('Failed'), 'pause'), refused('Conflict', /not running/));
  assert.throws(
    () => checkInstanceOrder(instance('Running', 'Paused'), 'pause'),
    refused('Conflict', /already paused/),
  );
  assert.throws(() => checkInstanceOrder(instance('Running'), 'unpause'), refused('Conflict', /not paused/));
  const probed = instance('Running');
  const spec = { ...probed.spec, livenessProbe: { tcpSocket: { port: 80 } } };
  assert.throws(() => checkInstanceOrder({ ...probed, spec }, 'pause'), refused('Forbidden', /LivenessProbe/));
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '@godwit/base';
import type { GuestView, PreparedVolume } from '../hypervisor-driver.ts';
import { machineRecord, stateOfRecord } from './machine-record.ts';
import { machineStatus } from './machine-status.ts';
import { instance, interfaces, Machine, prepared, running, started, UID } from './test-support/driven-machine.ts';
import { deleted } from './test-support/instance.ts';

const facts = {
  operatingSystem: { id: 'debian' },
  interfaces: [{ name: 'eth0', mac: '0a:58:0a:50:00:05', addresses: ['10.80.0.5', 'fe80::1'] }],
  frozen: false,
};

const rootVolume: PreparedVolume = {
  name: 'root',
  path: '/disks/root',
  format: 'qcow2',
  readOnly: false,
  sizeBytes: 2 ** 30,
  direct: false,
};

describe('the way to running', () => {
  test('disks and port are made beside each other, then the machine is launched', () => {
    const machine = new Machine().hear({ type: 'machine', machine: instance });
    assert.deepEqual(machine.wants(), ['prepare', 'attach']);
    assert.deepEqual(machine.hear({ type: 'attached', interfaces }).wants(), ['prepare']);
    assert.deepEqual(machine.hear({ type: 'prepared', prepared }).wants(), ['launch']);
    assert.equal(machineStatus(machine.state).phase, 'Scheduled');
    machine.hear({ type: 'launched', view: running });
    assert.equal(machineStatus(machine.state).phase, 'Running');
    assert.equal(machine.condition('Ready')?.status, 'True');
    assert.deepEqual(machine.told, ['Started']);
  });

  test('an instance whose life is over is not started again', () => {
    const over = { ...instance, status: { phase: 'Succeeded' as const } };
    assert.deepEqual(new Machine().hear({ type: 'machine', machine: over }).wants(), ['clean', 'detach']);
  });

  test('an image that is missing is told and tried again, later and later', () => {
    const machine = new Machine().hear({ type: 'machine', machine: instance }, { type: 'attached', interfaces });
    machine.fails('prepare', 'image-not-found');
    assert.equal(machine.condition('Synchronized')?.reason, 'ErrImagePull');
    assert.equal(machine.condition('Ready')?.status, 'False');
    assert.deepEqual(machine.wants(), []);
    const firstMs = (machine.wakeAtMs as number) - machine.nowMs;
    machine.wait(firstMs).fails('prepare', 'image-not-found');
    assert.equal((machine.wakeAtMs as number) - machine.nowMs, 2 * firstMs);
  });

  test('a launch that keeps failing waits longer each time, and lays out its disks anew', () => {
    const machine = new Machine().hear({ type: 'machine', machine: instance }, { type: 'attached', interfaces });
    const waits: number[] = [];
    for (let round = 0; round < 3; round++) {
      machine.hear({ type: 'prepared', prepared }).fails('launch', 'launch-failed');
      assert.deepEqual(machine.wants(), []);
      waits.push((machine.wakeAtMs as number) - machine.nowMs);
      assert.deepEqual(machine.wait(waits.at(-1) as number).wants(), ['prepare']);
    }
    assert.deepEqual(waits, [500, 1_000, 2_000]);
  });

  test('told to go before it runs, it is cleaned up without asking the guest, and without waiting out a back-off', () => {
    const machine = new Machine().hear({ type: 'machine', machine: instance }).fails('prepare', 'disk-corrupt');
    machine.hear({ type: 'machine', machine: deleted(instance) });
    assert.deepEqual(machine.wants(), ['clean', 'detach']);
  });

  test('a port that comes too late is taken away again', () => {
    const machine = new Machine().hear(
      { type: 'machine', machine: instance },
      { type: 'machine', machine: deleted(instance) },
    );
    machine.hear({ type: 'cleaned' });
    assert.equal(machine.state.stage, 'cleaning');
    assert.deepEqual(machine.hear({ type: 'attached', interfaces }).wants(), ['detach']);
    assert.equal(machine.hear({ type: 'detached' }).state.stage, 'ended');
  });
});

describe('the way out', () => {
  test('deletion drains, presses the power button until the guest is off, cleans up, and lets the object go', () => {
    const machine = started().hear({ type: 'machine', machine: deleted(instance) });
    assert.deepEqual(machine.wants(), ['drain']);
    assert.equal(machine.condition('Ready')?.status, 'False');
    assert.deepEqual(machine.hear({ type: 'drained' }).wants(), ['press']);
    assert.deepEqual(machine.hear({ type: 'pressed' }).wants(), []);
    assert.deepEqual(machine.wait(2_000).wants(), ['press']);
    machine.hear({ type: 'pressed' }).run('shutdown');
    assert.deepEqual(machine.wants(), ['clean', 'detach']);
    assert.equal(machineStatus(machine.state).phase, 'Running');
    machine.hear({ type: 'cleaned' }, { type: 'detached' });
    assert.equal(machineStatus(machine.state).phase, 'Succeeded');
    assert.equal(
      machine.actions.some(({ type }) => type === 'release'),
      false,
    );
    machine.hear({ type: 'status-written', status: machineStatus(machine.state) });
    assert.ok(machine.actions.some(({ type }) => type === 'release'));
    assert.equal(machine.finished, false);
    assert.equal(machine.hear({ type: 'released' }, { type: 'absent' }).finished, true);
  });

  test('a guest that does not listen loses its power when patience ends', () => {
    const machine = started().hear(
      { type: 'machine', machine: deleted(instance) },
      { type: 'drained' },
      { type: 'pressed' },
    );
    assert.deepEqual(machine.wait(19_999).wants(), ['press']);
    assert.deepEqual(machine.wait(1).wants(), ['clean', 'detach']);
  });

  test('a paused guest is let run before it is asked to shut down', () => {
    const machine = started()
      .run('paused')
      .hear({ type: 'machine', machine: deleted(instance) }, { type: 'drained' });
    const press = machine.actions.find(({ type }) => type === 'press');
    assert.equal(press?.type === 'press' && press.resume, true);
  });

  test('a guest that switches itself off has succeeded; one that crashes or whose process dies has failed', () => {
    const off = started().run('shutdown').hear({ type: 'cleaned' }, { type: 'detached' });
    assert.equal(machineStatus(off.state).phase, 'Succeeded');
    const crashed = started().run('crashed').hear({ type: 'cleaned' }, { type: 'detached' });
    assert.equal(machineStatus(crashed.state).phase, 'Failed');
    assert.equal(machineStatus(crashed.state).reason, 'GuestCrashed');
    const killed = started().hear({ type: 'guest', event: { type: 'ended', message: 'signal 9' } });
    assert.deepEqual(killed.told, ['Started', 'Crashed']);
  });

  test('a host that goes down leaves the object to be run again', () => {
    const machine = started().hear({ type: 'shutdown', graceMs: 5_000 }, { type: 'drained' }).run('shutdown');
    machine.hear({ type: 'cleaned' }, { type: 'detached' });
    assert.equal(machineStatus(machine.state).phase, 'Scheduled');
    assert.equal(machine.finished, false, 'the API is told first');
    machine.hear({ type: 'status-written', status: machineStatus(machine.state) });
    assert.equal(machine.finished, true);
  });

  test('a host that goes down gives a machine no longer than the machine itself asks for', () => {
    const machine = started().hear({ type: 'shutdown', graceMs: 144_000 }, { type: 'drained' }, { type: 'pressed' });
    assert.equal(machine.wait(19_999).wants().includes('clean'), false);
    assert.deepEqual(machine.wait(1).wants(), ['clean', 'detach']);
  });

  test('a host that goes down lets go of an object that is being deleted, and does not wait to hear that it is gone', () => {
    const machine = started().hear(
      { type: 'machine', machine: deleted(instance) },
      { type: 'shutdown', graceMs: 5_000 },
    );
    machine.hear({ type: 'drained' }).run('shutdown').hear({ type: 'cleaned' }, { type: 'detached' });
    machine.hear({ type: 'status-written', status: machineStatus(machine.state) });
    assert.equal(machine.finished, false, 'the finalizer is still on');
    assert.equal(machine.hear({ type: 'released' }).finished, true);
  });

  test('a host that goes down does not wait for an API that is gone', () => {
    const machine = started().hear({ type: 'shutdown', graceMs: 0 });
    machine.hear({ type: 'cleaned' }, { type: 'detached' }).fails('write-status', 'ServiceUnavailable');
    assert.equal(machine.finished, true);
  });
});

describe('while it runs', () => {
  test('pause and disk trouble show as conditions, and readiness goes', () => {
    const machine = started().run('paused');
    assert.equal(machine.condition('Paused')?.reason, 'PausedByUser');
    assert.equal(machine.condition('Ready')?.status, 'False');
    machine.run('running');
    assert.equal(machine.condition('Paused'), undefined);
    machine.run('io-error', 'root: no space left on the host');
    assert.equal(machine.condition('Paused')?.reason, 'PausedIOError');
    assert.match(machine.condition('Paused')?.message ?? '', /no space/);
    assert.deepEqual(machine.told, ['Started', 'Paused', 'Resumed', 'IOerror']);
  });

  test('a soft reboot turns the power on again', () => {
    const machine = started().hear({ type: 'rebooting' }).run('shutdown');
    assert.deepEqual(machine.wants(), ['restart']);
    assert.equal(machineStatus(machine.state).phase, 'Running');
    machine.hear({ type: 'restarted' }).run('running');
    assert.deepEqual(machine.run('shutdown').wants(), ['clean', 'detach']);
  });

  test('readiness follows its probe: asked soon at first, then at its period', () => {
    const probe = { tcpSocket: { port: 80 }, periodSeconds: 10, failureThreshold: 2 };
    const machine = started({ ...instance, spec: { ...instance.spec, readinessProbe: probe } });
    const probed = (ok: boolean) => machine.hear({ type: 'probed', probe: 'readiness', ok, message: 'refused' });
    assert.deepEqual(machine.wants(), ['probe']);
    assert.equal(machine.condition('Ready')?.status, 'False');
    probed(false);
    assert.equal((machine.wakeAtMs as number) - machine.nowMs, 100);
    machine.wait(100);
    probed(true);
    assert.equal(machine.condition('Ready')?.status, 'True');
    assert.equal((machine.wakeAtMs as number) - machine.nowMs, 10_000);
    machine.wait(10_000);
    probed(false);
    assert.equal(machine.condition('Ready')?.status, 'True', 'one failure is below the threshold');
    probed(false);
    assert.equal(machine.condition('Ready')?.reason, 'ReadinessProbeFailed');
  });

  test('a guest that is ill is stopped and has failed', () => {
    const probe = { tcpSocket: { port: 80 }, failureThreshold: 1 };
    const machine = started({ ...instance, spec: { ...instance.spec, livenessProbe: probe } });
    machine.hear({ type: 'probed', probe: 'liveness', ok: false, message: 'refused' });
    assert.equal(machine.state.stage, 'stopping');
    machine.run('shutdown').hear({ type: 'cleaned' }, { type: 'detached' });
    assert.equal(machineStatus(machine.state).phase, 'Failed');
    assert.equal(machineStatus(machine.state).reason, 'LivenessProbeFailed');
  });

  test('the agent is asked while it is there', () => {
    const machine = started().hear({ type: 'guest', event: { type: 'agent', connected: true } });
    assert.deepEqual(machine.wants(), ['ask-agent']);
    machine.hear({ type: 'agent-facts', facts });
    assert.equal(machine.condition('AgentConnected')?.status, 'True');
    assert.deepEqual(machineStatus(machine.state).interfaces?.[0]?.ipAddresses, ['10.80.0.5', 'fe80::1']);
    assert.equal(machineStatus(machine.state).guestOSInfo?.id, 'debian');
  });

  test('keys and passwords are given once to each agent that comes', () => {
    const sshPublicKey = {
      source: { secret: { secretName: 's' } },
      propagationMethod: { qemuGuestAgent: { users: ['root'] } },
    };
    const machine = started({ ...instance, spec: { ...instance.spec, accessCredentials: [{ sshPublicKey }] } });
    assert.deepEqual(machine.wants(), []);
    machine.hear({ type: 'guest', event: { type: 'agent', connected: true } });
    assert.deepEqual(machine.wants(), ['ask-agent', 'give-credentials']);
    machine.fails('give-credentials', 'missing-object');
    assert.equal(machine.condition('AccessCredentialsSynchronized')?.reason, 'MissingObject');
    machine.wait(60_000).hear({ type: 'credentials-given' });
    assert.equal(machine.condition('AccessCredentialsSynchronized')?.status, 'True');
    assert.deepEqual(machine.wants(), ['ask-agent']);
    machine.hear({ type: 'guest', event: { type: 'agent', connected: true } });
    assert.deepEqual(machine.wants(), ['ask-agent', 'give-credentials']);
  });

  test('a condition keeps its time while its status stays', () => {
    const machine = started();
    const since = machine.condition('Ready')?.lastTransitionTime;
    machine.wait(5_000);
    assert.equal(machine.condition('Ready')?.lastTransitionTime, since);
    assert.notEqual(machine.wait(0).run('paused').condition('Ready')?.lastTransitionTime, since);
  });
});

describe('after the program was killed', () => {
  const adopt = (before: Machine, view: GuestView | undefined, rebooted = false) => {
    const record = machineRecord(before.state, 'boot');
    const machine = new Machine(stateOfRecord(UID, JSON.parse(JSON.stringify(record))));
    machine.hear({ type: 'adopted', view, stage: record.stage, interfaces: record.interfaces, rebooted });
    return machine.hear({ type: 'machine', machine: before.state.machine ?? instance });
  };

  test('a machine that runs is carried on with', () => {
    const machine = adopt(started(), running);
    assert.equal(machine.state.stage, 'running');
    assert.deepEqual(machine.wants(), []);
  });

  test('what the API was told of it is told again, word for word, before the guest has been asked anew', () => {
    const volumes = [{ name: 'root', emptyDisk: { capacity: '1Gi' } }];
    const own = { ...instance, spec: { ...instance.spec, volumes } };
    const before = started(own).hear({ type: 'guest', event: { type: 'agent', connected: true } });
    before.hear({ type: 'prepared', prepared: { volumes: [rootVolume] } });
    const told = machineStatus(before.hear({ type: 'agent-facts', facts }).state);
    before.hear({ type: 'machine', machine: { ...own, status: told } });
    before.nowMs += 60_000;
    const machine = adopt(before, { ...running, agentConnected: true });
    assert.equal(told.guestOSInfo?.id, 'debian');
    assert.equal(told.volumeStatus?.[0]?.size, rootVolume.sizeBytes);
    assert.deepEqual(machineStatus(machine.state), told);
  });

  test('one that switched itself off meanwhile has succeeded', () => {
    const machine = adopt(started(), { ...running, run: 'shutdown' });
    assert.deepEqual(machine.wants(), ['clean', 'detach']);
    assert.equal(machine.state.outcome?.phase, 'Succeeded');
  });

  test('one whose process is gone has failed, unless the host itself was started anew', () => {
    assert.equal(adopt(started(), undefined).state.outcome?.phase, 'Failed');
    const machine = adopt(started(), undefined, true);
    assert.deepEqual(machine.wants(), ['prepare', 'attach']);
  });

  test('one that was being stopped goes on being stopped, with the patience it had', () => {
    const before = started().hear({ type: 'machine', machine: deleted(instance) });
    const machine = adopt(before, running);
    assert.equal(machine.state.stage, 'stopping');
    assert.equal(machine.state.stop?.deadlineMs, before.state.stop?.deadlineMs);
  });

  test('one that had only been prepared begins anew', () => {
    const before = new Machine().hear({ type: 'machine', machine: instance }, { type: 'prepared', prepared });
    assert.deepEqual(adopt(before, undefined).wants(), ['prepare', 'attach']);
  });
});

test('every failure has a word for people', async () => {
  const { failureReason } = await import('./failure-reason.ts');
  assert.equal(failureReason(new Failure('no-memory', '').code, 'launch'), 'NoMemoryLeft');
  assert.equal(failureReason('whatever', 'attach'), 'FailedAttachNetwork');
  assert.equal(failureReason('whatever', 'launch'), 'FailedStart');
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { VirtualMachineAction } from './machine-input.ts';
import { machineStatus } from './machine-status.ts';
import { instance, type Machine, started } from './test-support/driven-machine.ts';

const MIB = 2 ** 20;

/** The instance of 1 socket and 192 MiB, as it is to be. */
function sized(sockets: number, guest: string, devices: object = {}): Stored<VirtualMachineInstance> {
  const { spec } = instance;
  const domain = {
    ...spec.domain,
    cpu: { ...spec.domain.cpu, sockets },
    memory: { guest },
    devices: { ...spec.domain.devices, ...devices },
  };
  return { ...instance, spec: { ...spec, domain }, status: { ...instance.status, memory: { guestAtBoot: '192Mi' } } };
}

/** A machine that runs, and is told how large it is to be. */
const told = (sockets: number, guest: string, devices: object = {}) =>
  started(sized(1, '192Mi', devices)).hear({ type: 'machine', machine: sized(sockets, guest, devices) });

const wanted = <Type extends VirtualMachineAction['type']>(machine: Machine, type: Type) =>
  machine.actions.find((action) => action.type === type) as Extract<VirtualMachineAction, { type: Type }> | undefined;

/** QEMU has done what was asked, and the guest has this much, in MiB. */
function given(machine: Machine, pluggedMib: number, hasMib: number): Machine {
  const asked = wanted(machine, 'set-memory');
  assert.ok(asked, 'memory is asked for');
  machine.hear({ type: 'memory-set', memoryBytes: pluggedMib * MIB, askedBytes: asked.balloonBytes });
  return seen(machine, pluggedMib, hasMib);
}

function seen(machine: Machine, pluggedMib: number, hasMib: number): Machine {
  const look = wanted(machine, 'look-at-memory');
  assert.ok(look, 'the guest is looked at');
  const has = { memoryBytes: pluggedMib * MIB, balloonBytes: hasMib * MIB };
  return machine.hear({ type: 'memory-seen', news: look.news, has });
}

const gives = (machine: Machine, hasMib: number) =>
  seen(machine.hear({ type: 'guest', event: { type: 'balloon' } }), 192, hasMib);

const memory = (machine: Machine) => machineStatus(machine.state).memory;

describe('another size', () => {
  test('more sockets and memory are plugged, and no longer wanted when they are there', () => {
    const machine = told(2, '448Mi');
    assert.deepEqual(machine.wants(), ['set-sockets', 'set-memory']);
    assert.equal(machine.condition('HotVCPUChange')?.status, 'True');
    machine.hear({ type: 'sockets-set', has: { sockets: 2, pluggedSockets: 2 } });
    given(machine, 448, 448);
    assert.deepEqual(machine.wants(), []);
    assert.deepEqual(machine.told, ['Started', 'Resized', 'Resized']);
    assert.equal(memory(machine)?.guestCurrent, '448Mi');
    assert.deepEqual(
      [machine.condition('HotVCPUChange'), machine.condition('HotMemoryChange')],
      [undefined, undefined],
    );
  });

  test('fewer sockets are given back, and the status says what is left', () => {
    const machine = told(2, '192Mi').hear({ type: 'sockets-set', has: { sockets: 2, pluggedSockets: 2 } });
    machine.hear({ type: 'machine', machine: sized(1, '192Mi') });
    assert.equal(wanted(machine, 'set-sockets')?.sockets, 1);
    machine.hear({ type: 'sockets-set', has: { sockets: 1, pluggedSockets: 2 } });
    assert.equal(machineStatus(machine.state).currentCPUTopology?.sockets, 1);
    assert.deepEqual(machine.wants(), []);
  });

  test('an agent switches off what has no time, again after each boot, and on again', () => {
    const agent = (connected: boolean) => ({ type: 'guest', event: { type: 'agent', connected } }) as const;
    const machine = told(2, '192Mi').hear({ type: 'sockets-set', has: { sockets: 2, pluggedSockets: 2 } }, agent(true));
    assert.equal(wanted(machine, 'use-processors'), undefined);
    machine.hear({ type: 'machine', machine: sized(1, '192Mi') });
    machine.hear({ type: 'sockets-set', has: { sockets: 1, pluggedSockets: 2 } });
    assert.equal(wanted(machine, 'use-processors')?.sockets, 1);
    machine.hear({ type: 'processors-used', sockets: 1 });
    assert.equal(wanted(machine, 'use-processors'), undefined);
    machine.hear(agent(false), agent(true));
    assert.equal(wanted(machine, 'use-processors')?.sockets, 1);
    machine.hear({ type: 'processors-used', sockets: 1 }, { type: 'machine', machine: sized(2, '192Mi') });
    machine.hear({ type: 'sockets-set', has: { sockets: 2, pluggedSockets: 2 } });
    assert.equal(wanted(machine, 'use-processors')?.sockets, 2);
  });

  test('what cannot be made so is a condition that is false, and the machine is as ready as before', () => {
    const machine = told(2, '192Mi').fails('set-sockets', 'cannot-grow');
    assert.deepEqual(machine.condition('HotVCPUChange')?.status, 'False');
    assert.deepEqual(machine.condition('HotVCPUChange')?.reason, 'CannotGrow');
    assert.equal(machine.condition('Synchronized')?.status, 'True');
    assert.equal(machine.condition('Ready')?.status, 'True');
  });

  test('a guest that is paused is left as it is', () => {
    const machine = started(sized(1, '192Mi')).run('paused');
    assert.deepEqual(machine.hear({ type: 'machine', machine: sized(2, '128Mi') }).wants(), []);
  });
});

describe('less memory', () => {
  test('the status follows what the guest gives, not what it was asked', () => {
    const machine = told(1, '128Mi');
    assert.equal(wanted(machine, 'set-memory')?.balloonBytes, 128 * MIB);
    given(machine, 192, 192);
    assert.deepEqual([memory(machine)?.guestRequested, memory(machine)?.guestCurrent], ['128Mi', '192Mi']);
    gives(machine, 150);
    assert.equal(memory(machine)?.guestCurrent, '150Mi');
    assert.equal(machine.condition('HotMemoryChange')?.status, 'True');
    gives(machine, 128);
    assert.equal(memory(machine)?.guestCurrent, '128Mi');
    assert.equal(machine.condition('HotMemoryChange'), undefined);
    assert.deepEqual(machine.wants(), []);
    assert.equal(memory(machine)?.guestAtBoot, '192Mi');
  });

  test('a guest that gives no more is left with what it has, and asked again later', () => {
    const machine = given(told(1, '64Mi'), 192, 192);
    gives(machine.wait(20_000), 150);
    machine.wait(29_000);
    assert.equal(machine.condition('HotMemoryChange')?.status, 'True', 'it gave some 29 seconds ago');
    machine.wait(1_000);
    const { status, reason, message } = machine.condition('HotMemoryChange') ?? {};
    assert.deepEqual([status, reason], ['False', 'GuestKeepsMemory']);
    assert.match(message ?? '', /keeps 150 MiB of memory and is to have 64 MiB.*30 seconds/);
    assert.ok(machine.told.includes('GuestKeepsMemory'));
    assert.equal(wanted(machine, 'set-memory')?.balloonBytes, 150 * MIB, 'it is not pressed on');
    given(machine, 192, 150).wait(600_000);
    assert.equal(wanted(machine, 'set-memory')?.balloonBytes, 64 * MIB);
    assert.equal(machine.condition('HotMemoryChange')?.status, 'True');
  });

  test('a guest that gives and takes within a mebibyte gives nothing', () => {
    const machine = given(told(1, '64Mi'), 192, 150);
    for (const mib of [151, 149.5, 150.5, 149.5]) gives(machine.wait(10_000), mib);
    assert.equal(machine.condition('HotMemoryChange')?.reason, 'GuestKeepsMemory');
  });

  test('it grows back', () => {
    const machine = gives(given(told(1, '128Mi'), 192, 192), 128);
    machine.hear({ type: 'machine', machine: sized(1, '192Mi') });
    assert.equal(wanted(machine, 'set-memory')?.balloonBytes, 192 * MIB);
    given(machine, 192, 192);
    assert.deepEqual([memory(machine)?.guestCurrent, machine.wants().length], ['192Mi', 0]);
  });

  test('a guest that begins anew has all of its memory until it gives some again', () => {
    const machine = gives(given(told(1, '128Mi'), 192, 192), 128);
    machine.hear({ type: 'guest', event: { type: 'reset', byGuest: true } });
    assert.equal(memory(machine)?.guestCurrent, '192Mi');
    assert.equal(machine.condition('HotMemoryChange')?.status, 'True');
    gives(machine, 128);
    assert.equal(memory(machine)?.guestCurrent, '128Mi');
  });

  test('a look that was begun before the news does not hide it', () => {
    const machine = told(1, '128Mi');
    machine.hear({ type: 'memory-set', memoryBytes: 192 * MIB, askedBytes: 128 * MIB });
    const early = wanted(machine, 'look-at-memory');
    machine.hear({ type: 'guest', event: { type: 'balloon' } });
    machine.hear({
      type: 'memory-seen',
      news: early?.news ?? 0,
      has: { memoryBytes: 192 * MIB, balloonBytes: 170 * MIB },
    });
    assert.deepEqual(machine.wants(), ['look-at-memory']);
    assert.deepEqual(seen(machine, 192, 128).wants(), []);
  });

  test('what a block holds beyond what was asked for is nobody’s failure', () => {
    const machine = given(told(1, '256Mi', { autoattachMemBalloon: false }), 320, 320);
    assert.deepEqual(machine.wants(), []);
    assert.equal(machine.condition('HotMemoryChange'), undefined);
    assert.equal(memory(machine)?.guestCurrent, '320Mi');
  });

  test('a guest without a balloon says that it keeps its memory', () => {
    const machine = told(1, '128Mi', { autoattachMemBalloon: false });
    assert.deepEqual(machine.wants(), []);
    assert.equal(machine.condition('HotMemoryChange')?.reason, 'GuestKeepsMemory');
  });

  test('who adopts it asks again', () => {
    const machine = gives(given(told(1, '128Mi'), 192, 192), 150);
    const { view } = machine.state;
    machine.state = { ...machine.state, stage: 'adopting', askedBytes: undefined, ballooning: undefined };
    machine.hear({ type: 'adopted', view, stage: 'running', interfaces: [], rebooted: false });
    assert.equal(wanted(machine, 'set-memory')?.balloonBytes, 128 * MIB);
  });
});

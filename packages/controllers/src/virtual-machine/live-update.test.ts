import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Draft,
  defaultInstanceSpec,
  type Stored,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@godwit/kinds';
import { instanceOfMachine } from './instance-of-machine.ts';
import { differenceOf, type LiveUpdate, resizeTrouble } from './live-update.ts';

type Domain = VirtualMachineInstanceSpec['domain'];

const machineWith = (domain: Domain, generation = 1): Stored<VirtualMachine> => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: {
    name: 'vm',
    namespace: 'default',
    uid: 'machine-1',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation,
  },
  spec: { runStrategy: 'Always', template: { spec: { domain } } },
});

/** The instance that runs since a machine with this domain was started, and what was done to it since. */
function running(domain: Domain, update: LiveUpdate = {}): Stored<VirtualMachineInstance> {
  const { metadata, spec } = instanceOfMachine(machineWith(domain), false);
  const draft = structuredClone(spec) as Draft<VirtualMachineInstanceSpec>;
  defaultInstanceSpec(draft);
  const guestAtBoot = draft.domain.memory?.guest ?? '';
  if (update.sockets && draft.domain.cpu) draft.domain.cpu.sockets = update.sockets;
  if (update.guest && draft.domain.memory) draft.domain.memory.guest = update.guest;
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      ...metadata,
      name: 'vm',
      uid: 'instance-1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: draft as VirtualMachineInstanceSpec,
    status: { phase: 'Running', memory: { guestAtBoot } },
  };
}

const small: Domain = { devices: {}, cpu: { sockets: 1 }, memory: { guest: '1Gi' } };
const changed = (domain: Domain, instance = running(small)) => differenceOf(machineWith(domain, 2), instance);

test('an instance that is what its template says is left alone', () => {
  assert.deepEqual(changed(small), { live: undefined, needsRestart: false });
});

test('sockets and memory grow while it runs, as far as it was started able to', () => {
  assert.deepEqual(changed({ ...small, cpu: { sockets: 4 }, memory: { guest: '4Gi' } }), {
    live: { sockets: 4, guest: '4Gi' },
    needsRestart: false,
  });
  assert.deepEqual(changed({ ...small, cpu: { sockets: 5 } }), { live: undefined, needsRestart: true });
  assert.deepEqual(changed({ ...small, memory: { guest: '5Gi' } }), { live: undefined, needsRestart: true });
});

test('what can be done is done, even when the rest waits for a restart', () => {
  const difference = changed({ ...small, cpu: { sockets: 2, cores: 2 } });
  assert.deepEqual(difference, { live: { sockets: 2 }, needsRestart: true });
});

test('after it has grown there is no difference left', () => {
  const larger = { ...small, cpu: { sockets: 2 }, memory: { guest: '2Gi' } };
  const grown = running(small, { sockets: 2, guest: '2Gi' });
  assert.deepEqual(changed(larger, grown), { live: undefined, needsRestart: false });
});

test('what was plugged is given back, and of what it started with all but one socket and a quarter of the memory', () => {
  const grown = running({ ...small, cpu: { sockets: 3 } }, { sockets: 4, guest: '3Gi' });
  const smaller = (sockets: number, guest: string) => changed({ ...small, cpu: { sockets }, memory: { guest } }, grown);
  assert.deepEqual(smaller(2, '2Gi'), { live: { sockets: 2, guest: '2Gi' }, needsRestart: false });
  assert.deepEqual(smaller(1, '256Mi'), { live: { sockets: 1, guest: '256Mi' }, needsRestart: false });
  assert.deepEqual(smaller(4, '255Mi'), { live: undefined, needsRestart: true });
});

test('a small guest is not squeezed below what any system needs', () => {
  const tiny = (guest: string): Domain => ({ ...small, memory: { guest } });
  assert.deepEqual(changed(tiny('64Mi'), running(tiny('128Mi'))).live, { guest: '64Mi' });
  assert.deepEqual(changed(tiny('60Mi'), running(tiny('128Mi'))), { live: undefined, needsRestart: true });
});

test('processors and pages that were set aside for a guest stay its own until it starts again', () => {
  const dedicated = (sockets: number): Domain => ({ ...small, cpu: { sockets, dedicatedCpuPlacement: true } });
  for (const sockets of [1, 3]) {
    const restart = { live: undefined, needsRestart: true };
    assert.deepEqual(changed(dedicated(sockets), running(dedicated(2))), restart);
  }
  const huge = (guest: string): Domain => ({ ...small, memory: { guest, hugepages: { pageSize: '2Mi' } } });
  for (const guest of ['512Mi', '2Gi']) {
    assert.deepEqual(changed(huge(guest), running(huge('1Gi'))), { live: undefined, needsRestart: true });
  }
});

test('what the guest refuses to give is told, what is under way is not', () => {
  const message = 'The guest keeps 300 MiB';
  const told = (status: 'True' | 'False') => ({
    ...running(small),
    status: { phase: 'Running' as const, conditions: [{ type: 'HotMemoryChange', status, message }] },
  });
  assert.equal(resizeTrouble(told('False')), message);
  assert.equal(resizeTrouble(told('True')), undefined);
  assert.equal(resizeTrouble(running(small)), undefined);
});

test('without a balloon memory is not taken back', () => {
  const bare = { ...small, devices: { autoattachMemBalloon: false } };
  const grown = running(bare, { guest: '2Gi' });
  assert.deepEqual(changed(bare, grown), { live: undefined, needsRestart: true });
});

test('a limit that a user names is the machine, and waits for a restart', () => {
  assert.deepEqual(changed({ ...small, cpu: { sockets: 1, maxSockets: 8 } }), { live: undefined, needsRestart: true });
});

test('a guest that does not run yet is not resized', () => {
  const pending = { ...running(small), status: { phase: 'Scheduled' as const } };
  assert.deepEqual(changed({ ...small, cpu: { sockets: 2 } }, pending), { live: undefined, needsRestart: true });
});

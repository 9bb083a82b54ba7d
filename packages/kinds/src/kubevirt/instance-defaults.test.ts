import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../machinery/index.ts';
import { instanceFinalizer } from './instance-beginning.ts';
import { defaultInstance, defaultSpec } from './instance-defaults.ts';
import type { VirtualMachineInstance } from './virtual-machine-instance.ts';
import type { VirtualMachineInstanceSpec } from './virtual-machine-instance-spec.ts';

function filled(spec: VirtualMachineInstanceSpec): VirtualMachineInstanceSpec {
  const draft = structuredClone(spec) as Draft<VirtualMachineInstanceSpec>;
  defaultSpec(draft);
  const again = structuredClone(draft);
  defaultSpec(again);
  assert.deepEqual(again, draft, 'filling in twice changes nothing');
  return draft;
}

test('every machine can grow to four times its size', () => {
  const { cpu, memory } = filled({
    domain: { cpu: { sockets: 2, cores: 2 }, memory: { guest: '1Gi' }, devices: {} },
  }).domain;
  assert.deepEqual(cpu, { sockets: 2, cores: 2, threads: 1, maxSockets: 8, model: 'host-model' });
  assert.deepEqual(memory, { guest: '1Gi', maxGuest: '4Gi' });
});

test('it cannot grow where the hardware forbids it, nor beyond what a mainboard takes', () => {
  const real = filled({ domain: { cpu: { realtime: {} }, memory: { guest: '1Gi' }, devices: {} } });
  assert.equal(real.domain.memory?.maxGuest, undefined);
  const large = filled({ domain: { cpu: { sockets: 200 }, devices: {} } });
  assert.equal(large.domain.cpu?.maxSockets, 512);
  const larger = filled({ domain: { cpu: { sockets: 600 }, devices: {} } });
  assert.equal(larger.domain.cpu?.maxSockets, 600);
});

test('size comes from requests and limits where the guest’s is not named', () => {
  const { domain } = filled({
    domain: { resources: { requests: { memory: '64M' }, limits: { cpu: '3' } }, devices: {} },
  });
  assert.equal(domain.memory?.guest, '64M');
  assert.deepEqual([domain.cpu?.sockets, domain.cpu?.cores], [3, 1]);
  assert.equal(domain.resources?.requests?.cpu, '3');
});

test('volumes that nobody shows become disks, and disks get a bus', () => {
  const { domain, volumes } = filled({
    domain: {
      devices: {
        disks: [
          { name: 'root', disk: { bus: 'virtio' } },
          { name: 'cd', cdrom: {} },
        ],
      },
    },
    volumes: [
      { name: 'root', containerDisk: { image: 'disk' } },
      { name: 'cd', containerDisk: { image: 'registry:5000/cd:v1' } },
      { name: 'seed', cloudInitNoCloud: { userData: 'x' } },
      { name: 'more', containerDisk: { image: 'registry:5000/disk' } },
    ],
  });
  assert.deepEqual(domain.devices.disks, [
    { name: 'root', disk: { bus: 'virtio' } },
    { name: 'cd', cdrom: { bus: 'sata' } },
    { name: 'seed', disk: { bus: 'sata' } },
    { name: 'more', disk: { bus: 'sata' } },
  ]);
  assert.deepEqual(
    volumes?.map(({ containerDisk }) => containerDisk?.imagePullPolicy),
    ['Always', 'IfNotPresent', undefined, 'Always'],
  );
});

test('a machine joins the default network unless it says otherwise', () => {
  const joined = filled({ domain: { devices: {} } });
  assert.deepEqual(joined.networks, [{ name: 'default', pod: {} }]);
  assert.deepEqual(joined.domain.devices.interfaces, [{ name: 'default', bridge: {} }]);
  assert.equal(filled({ domain: { devices: { autoattachPodInterface: false } } }).networks, undefined);
});

test('a new instance is guarded, pending, and says how large it boots; an old one is left alone', () => {
  const draft = (uid?: string) =>
    ({
      metadata: { name: 'vm', finalizers: ['mine'], ...(uid && { uid }) },
      spec: { domain: { cpu: { sockets: 2 }, memory: { guest: '1Gi' }, devices: {} } },
    }) as Draft<VirtualMachineInstance>;
  const fresh = draft();
  defaultInstance(fresh);
  assert.deepEqual(fresh.metadata.finalizers, ['mine', instanceFinalizer]);
  assert.equal(fresh.status?.phase, 'Pending');
  assert.deepEqual(fresh.status?.currentCPUTopology, { sockets: 2, cores: 1, threads: 1 });
  assert.equal(fresh.status?.memory?.guestAtBoot, '1Gi');
  const old = draft('u');
  defaultInstance(old);
  assert.deepEqual([old.metadata.finalizers, old.status], [['mine'], undefined]);
});

/** Virtual machines from apply to answer: start, console, pause, power-off, one Service over VMs and pods. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { VirtualMachine, VirtualMachineInstance } from '@godwit/kinds';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { fetchText } from '../support/http-load.ts';
import { buildMyapp, buildTinyGuest } from '../support/images.ts';
import { tinyFirmware, typeInto } from '../support/tiny-machine.ts';

const godwit = new GodwitUnderTest();

before(async () => {
  await buildTinyGuest();
  await buildMyapp();
  await godwit.up();
});

after(() => godwit.stop());

const example = (name: string) => join(projectRoot, 'examples', name);

async function waitForStatus(name: string, wanted: string): Promise<VirtualMachine> {
  return waitFor(`${name} ${wanted}`, async () => {
    const machine = await godwit.get<VirtualMachine>('vm', name);
    return machine?.status?.printableStatus === wanted && machine;
  });
}

const instance = (name: string) => godwit.get<VirtualMachineInstance>('vmi', name);

async function addressOf(name: string): Promise<string> {
  return waitFor(`an address of ${name}`, async () => (await instance(name))?.status?.interfaces?.[0]?.ipAddress);
}

test('a virtual machine boots, gets its address and answers with its host name', async () => {
  await godwit.kubectl('create', '-f', example('tiny-vm.yaml'));
  await waitForStatus('tiny', 'Running');
  const url = `http://${await addressOf('tiny')}/`;
  assert.match(await waitFor('an answer', () => fetchText(url)), /tiny/);
  assert.match(await godwit.kubectl('get', 'vm,vmi'), /virtualmachineinstance\.kubevirt\.io\/tiny +\S+ +Running +10\./);
});

test('its console can be read, its screen can be seen', async () => {
  await typeInto(godwit, 'tiny', 'echo console $((6*7))', /console 42/);
  const file = join(godwit.state, 'screen.png');
  const { status, stderr } = await godwit.verb('vnc', 'vm/tiny', '--screenshot', file);
  assert.equal(status, 0, stderr);
  assert.equal(readFileSync(file).subarray(1, 4).toString(), 'PNG');
  rmSync(file);
});

test('pause stops it, unpause lets it go on', async () => {
  const url = `http://${await addressOf('tiny')}/`;
  await godwit.verb('pause', 'vm/tiny');
  await waitForStatus('tiny', 'Paused');
  await godwit.verb('unpause', 'vm/tiny');
  await waitForStatus('tiny', 'Running');
  assert.match(await waitFor('an answer', () => fetchText(url)), /tiny/);
});

test('a restart makes a new instance with the same address', async () => {
  const before = await instance('tiny');
  await godwit.verb('restart', 'vm/tiny');
  await waitFor('a new instance', async () => {
    const now = await instance('tiny');
    return now !== undefined && now.metadata.uid !== before?.metadata.uid && now.status?.phase === 'Running';
  });
  assert.equal(await addressOf('tiny'), before?.status?.interfaces?.[0]?.ipAddress);
});

test('stop and start follow the run strategy', async () => {
  await godwit.verb('stop', 'vm/tiny');
  await waitForStatus('tiny', 'Stopped');
  assert.equal(await instance('tiny'), undefined);
  await godwit.verb('start', 'vm/tiny');
  await waitForStatus('tiny', 'Running');
});

test('a size and a preference make a machine, and a later change of them waits until it is asked for', async () => {
  const types = (guest: number) => `
apiVersion: instancetype.kubevirt.io/v1beta1
kind: VirtualMachineInstancetype
metadata: {name: little}
spec: {cpu: {guest: ${guest}}, memory: {guest: 64Mi}}
---
apiVersion: instancetype.kubevirt.io/v1beta1
kind: VirtualMachineClusterPreference
metadata: {name: paravirtual}
spec: {devices: {preferredDiskBus: virtio, preferredRng: {}}, cpu: {preferredCPUTopology: cores}}
`;
  const sized = (domain: string) => `
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: sized}
spec:
  runStrategy: Always
  instancetype: {name: little, kind: VirtualMachineInstancetype}
  preference: {name: paravirtual}
  template:
    spec:
      terminationGracePeriodSeconds: 2
      volumes: [{name: scratch, emptyDisk: {capacity: 16Mi}}]
      domain:
        devices: {}${domain}
        firmware: ${tinyFirmware}
`;
  await godwit.apply(types(2));
  await assert.rejects(godwit.apply(sized('\n        cpu: {cores: 1}')), /domain\.cpu\.cores: conflicts/);
  await godwit.apply(sized(''));
  await waitForStatus('sized', 'Running');
  const first = await instance('sized');
  assert.deepEqual([first?.spec.domain.cpu?.cores, first?.spec.domain.memory?.guest], [2, '64Mi']);
  assert.equal(first?.spec.domain.devices.disks?.[0]?.disk?.bus, 'virtio');
  await godwit.apply(types(1));
  await godwit.kubectl('delete', 'vmi', 'sized', '--timeout=180s');
  const again = await waitFor('another run', async () => {
    const now = await instance('sized');
    return now !== undefined && now.metadata.uid !== first?.metadata.uid && now;
  });
  assert.equal(again.spec.domain.cpu?.cores, 2);
});

test('one Service answers from containers and a virtual machine', async () => {
  await godwit.kubectl('apply', '-f', example('mixed-service.yaml'));
  const ip = await godwit.externalAddress('web');
  const answers = new Set<string>();
  await waitFor('answers of three machines', async () => {
    answers.add((await fetchText(`http://${ip}/`)).trim());
    return answers.size >= 3;
  });
  assert.ok(
    [...answers].some((answer) => answer.includes('web-vm')),
    [...answers].join(),
  );
});

test('deletion takes machine, instance and address away', async () => {
  await godwit.kubectl('delete', 'vm', '--all', '--timeout=180s');
  await waitFor('no instances', async () => (await godwit.kubectl('get', 'vmi', '-o', 'name')).trim() === '');
  const addresses = await godwit.kubectl('get', 'ipaddresses', '-o', 'json');
  const owners = JSON.parse(addresses).items.map(
    ({ spec }: { spec: { parentRef: { resource: string } } }) => spec.parentRef.resource,
  );
  assert.ok(!owners.includes('virtualmachines') && !owners.includes('virtualmachineinstances'), owners.join());
});

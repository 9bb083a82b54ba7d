import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  type ControllerRevision,
  controllerRevision,
  instanceFinalizer,
  type Stored,
  type StoredType,
  type TypeLookup,
  type VirtualMachine,
  virtualMachine,
  virtualMachineClusterInstancetype,
  virtualMachineInstance,
  virtualMachineInstancetype,
} from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { machineWithTypes } from './machine-types.ts';
import { VirtualMachineController } from './virtual-machine-controller.ts';

const KEY = { namespace: 'default', name: 'vm' };

const typeOf = (guest: number, generation = 1): StoredType => ({
  apiVersion: 'instancetype.kubevirt.io/v1beta1',
  kind: 'VirtualMachineClusterInstancetype',
  metadata: { name: 'small', uid: 'u1', generation },
  spec: { cpu: { guest }, memory: { guest: '64Mi' } },
});

const machine = (over: Partial<VirtualMachine['spec']> = {}, status: VirtualMachine['status'] = {}) =>
  ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { ...KEY, uid: 'machine-1', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { instancetype: { name: 'small' }, template: { spec: { domain: { devices: {} } } }, ...over },
    status,
  }) satisfies Stored<VirtualMachine>;

const shelf = (type?: StoredType, ...revisions: ControllerRevision[]): TypeLookup => ({
  revision: (name) => revisions.find(({ metadata }) => metadata.name === name),
  type: (_kind, name) => (type?.metadata.name === name ? type : undefined),
});

test('a machine keeps a copy of what it names, and lives by the copy', () => {
  const first = machineWithTypes(machine(), shelf(typeOf(2)));
  const [copy] = first.revisions;
  const name = 'vm-small-v1beta1-u1-1';
  assert.equal(copy?.metadata.name, name);
  assert.deepEqual(first.machine.status?.instancetypeRef, {
    name: 'small',
    kind: 'VirtualMachineClusterInstancetype',
    controllerRevisionRef: { name },
  });
  const kept = { apiVersion: 'apps/v1', kind: 'ControllerRevision', ...copy } as ControllerRevision;
  const again = (type: StoredType | undefined, over = {}, status = first.machine.status) => {
    const { machine: made, revisions } = machineWithTypes(machine(over, status), shelf(type, kept));
    return [made.spec.template.spec?.domain.cpu?.sockets, revisions.length];
  };
  // It has changed since, and then gone.
  assert.deepEqual(again(typeOf(8, 2)), [2, 0]);
  assert.deepEqual(again(undefined), [2, 0]);
  // Its user pins the copy, or gives it up.
  assert.deepEqual(again(typeOf(8, 2), { instancetype: { name: 'small', revisionName: name } }, {}), [2, 0]);
  assert.deepEqual(again(typeOf(8, 2), {}, { instancetypeRef: { name: 'small' } }), [8, 1]);
});

test('what is not there is told, and what is no longer named is forgotten', () => {
  const { trouble, revisions } = machineWithTypes(machine(), shelf());
  assert.equal(trouble?.reason, 'FailedFindInstancetype');
  assert.match(trouble?.message ?? '', /VirtualMachineClusterInstancetype "small" not found/);
  assert.equal(revisions.length, 0);
  const preference = machineWithTypes(machine({ preference: { name: 'linux' } }), shelf(typeOf(1)));
  assert.equal(preference.trouble?.reason, 'FailedFindPreference');
  const { instancetype: _, ...plain } = machine().spec;
  const status = { instancetypeRef: { name: 'small' }, ready: true };
  assert.deepEqual(machineWithTypes({ ...machine({}, status), spec: plain }, shelf()).machine.status, { ready: true });
  const both = machine({ template: { spec: { domain: { devices: {}, memory: { guest: '1Gi' } } } } });
  assert.match(machineWithTypes(both, shelf(typeOf(1))).trouble?.message ?? '', /domain\.memory\.guest: conflicts/);
});

async function stage() {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  cloud.run(new VirtualMachineController(cloud.client().client));
  await cloud.addHost('host-1');
  return { cloud, client };
}

const sockets = async (client: ApiClient) =>
  (await client.resource(virtualMachineInstance).find(KEY))?.spec.domain.cpu?.sockets;

test('a machine waits for its instancetype, and no later change of it reaches the machine', async () => {
  const { cloud, client } = await stage();
  const small = { metadata: { name: 'small' }, spec: { cpu: { guest: 2 }, memory: { guest: '64Mi' } } };
  await client.resource(virtualMachine).create({
    metadata: KEY,
    spec: {
      runStrategy: 'Always',
      instancetype: { name: 'small' },
      template: { spec: { domain: { devices: {} } } },
    },
  });
  await cloud.until('it says what it lacks', async () => {
    const { status } = await client.resource(virtualMachine).get(KEY);
    return status?.conditions?.some(({ reason }) => reason === 'FailedFindInstancetype') === true;
  });
  await client.resource(virtualMachineClusterInstancetype).create(small);
  await cloud.until('it starts', async () => (await sockets(client)) === 2);
  const { status } = await client.resource(virtualMachine).get(KEY);
  assert.equal(
    status?.conditions?.find(({ type }) => type === 'Failure'),
    undefined,
  );
  const copies = await client.resource(controllerRevision).list({ namespace: 'default' });
  assert.deepEqual(
    copies.items.map(({ metadata }) => metadata.name),
    [status?.instancetypeRef?.controllerRevisionRef?.name],
  );

  await client.resource(virtualMachineClusterInstancetype).modify({ name: 'small' }, (draft) => {
    draft.spec.cpu.guest = 4;
  });
  const first = await client.resource(virtualMachineInstance).get(KEY);
  await client.resource(virtualMachineInstance).delete(KEY);
  await client.resource(virtualMachineInstance).modify(KEY, (draft) => {
    draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((one) => one !== instanceFinalizer);
  });
  await cloud.until('it has started again', async () => {
    const found = await client.resource(virtualMachineInstance).find(KEY);
    return found !== undefined && found.metadata.uid !== first.metadata.uid;
  });
  assert.equal(await sockets(client), 2);

  const medium = {
    ...small,
    metadata: { name: 'medium', namespace: 'default' },
    spec: { ...small.spec, cpu: { guest: 3 } },
  };
  await client.resource(virtualMachineInstancetype).create(medium);
  await client.resource(virtualMachine).modify(KEY, (draft) => {
    draft.spec.instancetype = { name: 'medium', kind: 'VirtualMachineInstancetype' };
  });
  await cloud.until('it keeps a copy of the other', async () => {
    const { status: now } = await client.resource(virtualMachine).get(KEY);
    return now?.instancetypeRef?.name === 'medium';
  });
  await cloud.close();
});

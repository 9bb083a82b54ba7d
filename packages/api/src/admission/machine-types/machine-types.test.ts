import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, StatusFailure, type VirtualMachine } from '@godwit/kinds';
import { type OpenDoor, openDoor, user } from '../../operations/testing/open-door.ts';

const machines = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachines', namespace: 'default' };
const claims = { group: '', version: 'v1', plural: 'persistentvolumeclaims' };
const types = { group: 'instancetype.kubevirt.io', version: 'v1beta1' };

const machine = (spec: object, instance: object = {}, name = 'vm') => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name },
  spec: { runStrategy: 'Halted', template: { spec: { domain: { devices: {} }, ...instance } }, ...spec },
});

const claim = (name: string, namespace: string, labels: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace, labels },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

async function cloudWithTypes(): Promise<OpenDoor> {
  const cloud = await openDoor();
  const { door } = cloud;
  const apiVersion = `${types.group}/${types.version}`;
  await door.create(
    { ...types, plural: 'virtualmachineclusterinstancetypes' },
    {
      apiVersion,
      kind: 'VirtualMachineClusterInstancetype',
      metadata: { name: 'small' },
      spec: { cpu: { guest: 2 }, memory: { guest: '128Mi' } },
    },
  );
  await door.create(
    { ...types, plural: 'virtualmachinepreferences', namespace: 'default' },
    {
      apiVersion,
      kind: 'VirtualMachinePreference',
      metadata: { name: 'linux' },
      spec: {
        devices: { preferredDiskBus: 'virtio' },
        machine: { preferredMachineType: 'pc' },
        requirements: { cpu: { guest: 2 } },
      },
    },
  );
  return cloud;
}

const fieldsOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StatusFailure, String(error));
  assert.equal(error.reason, 'Invalid');
  return error.statusDetails?.causes?.map(({ field }) => field);
};

test('what a template says although its instancetype decides it is refused, field by field', async () => {
  const { door } = await cloudWithTypes();
  const instancetype = { name: 'small' };
  const domain = { devices: {}, cpu: { cores: 2 }, memory: { guest: '1Gi' } };
  const refused = door.create(machines, machine({ instancetype }, { domain }));
  assert.deepEqual(await fieldsOf(refused), [
    'spec.template.spec.domain.cpu.cores',
    'spec.template.spec.domain.memory.guest',
  ]);
  const lacking = door.create(
    machines,
    machine(
      { preference: { name: 'linux', kind: 'VirtualMachinePreference' } },
      {
        domain: { devices: {}, memory: { guest: '1Gi' } },
      },
    ),
  );
  assert.deepEqual(await fieldsOf(lacking), ['spec.template.spec.domain.cpu']);
  assert.deepEqual(await fieldsOf(door.create(machines, machine({ instancetype: {} }))), ['spec.instancetype']);
  // What does not exist yet cannot be in the way of anything.
  await door.create(machines, machine({ instancetype: { name: 'later' } }, { domain }));
  await door.create(machines, machine({ instancetype }, {}, 'sound'));
});

test('a change is judged as a whole, and only when the machine itself changes', async () => {
  const { door } = await cloudWithTypes();
  await door.create(machines, machine({ instancetype: { name: 'small' } }));
  const patch = (body: object) => door.patch({ ...machines, name: 'vm' }, { type: 'merge', body });
  const template = { spec: { domain: { memory: { guest: '1Gi' } } } };
  assert.deepEqual(await fieldsOf(patch({ spec: { template } })), ['spec.template.spec.domain.memory.guest']);
  await patch({ spec: { instancetype: null, template } });
  assert.deepEqual(await fieldsOf(patch({ spec: { instancetype: { name: 'small' } } })), [
    'spec.template.spec.domain.memory.guest',
  ]);
  await patch({ metadata: { labels: { a: 'b' } } });
  await patch({ spec: { instancetype: { name: 'later', revisionName: 'copy' } } });
  assert.deepEqual(await fieldsOf(patch({ spec: { instancetype: { name: 'other' } } })), [
    'spec.instancetype.revisionName',
  ]);
});

test('a volume names the type by its labels, once', async () => {
  const { door } = await cloudWithTypes();
  const labels = {
    'instancetype.kubevirt.io/default-instancetype': 'small',
    'instancetype.kubevirt.io/default-preference': 'linux',
    'instancetype.kubevirt.io/default-preference-kind': 'VirtualMachinePreference',
  };
  await door.create({ ...claims, namespace: 'default' }, claim('root', 'default', labels));
  const volumes = [{ name: 'boot', persistentVolumeClaim: { claimName: 'root' } }];
  const wanted = { instancetype: { inferFromVolume: 'boot' }, preference: { inferFromVolume: 'boot' } };
  const { spec } = (await door.create(machines, machine(wanted, { volumes }))) as VirtualMachine;
  assert.deepEqual(spec.instancetype, { name: 'small' });
  assert.deepEqual(spec.preference, { name: 'linux', kind: 'VirtualMachinePreference' });
  // Applied once more, with what was inferred still there.
  const body = { spec: wanted };
  const again = (await door.patch({ ...machines, name: 'vm' }, { type: 'merge', body })) as VirtualMachine;
  assert.deepEqual(again.spec.instancetype, { name: 'small' });

  const infer = (instancetype: object, instance: object, name: string) =>
    door.create(machines, machine({ instancetype: { inferFromVolume: 'boot', ...instancetype } }, instance, name));
  const disk = { volumes: [{ name: 'boot', emptyDisk: { capacity: '1Gi' } }] };
  await assert.rejects(infer({}, disk, 'b'), /volume "boot": only claims and DataVolumes carry labels/);
  await assert.rejects(infer({}, {}, 'b'), /the template has no such volume/);
  const domain = { devices: {}, memory: { guest: '1Gi' } };
  const tolerant = { inferFromVolumeFailurePolicy: 'Ignore' };
  const own = (await infer(tolerant, { ...disk, domain }, 'b')) as VirtualMachine;
  assert.deepEqual([own.spec.instancetype, own.spec.template.spec?.domain.memory?.guest], [undefined, '1Gi']);
  const found = (await infer(tolerant, { volumes, domain }, 'c')) as VirtualMachine;
  assert.deepEqual([found.spec.instancetype, found.spec.template.spec?.domain.memory], [{ name: 'small' }, undefined]);
});

test('what is labelled in other namespaces is seen only by those who may see it', async () => {
  const { door, operations } = await cloudWithTypes();
  const labels = { 'instancetype.kubevirt.io/default-instancetype': 'small' };
  await door.create(
    { group: '', version: 'v1', plural: 'namespaces' },
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'images' },
    },
  );
  await door.create({ ...claims, namespace: 'images' }, claim('golden', 'images', labels));
  const dataVolumeTemplates = [
    {
      metadata: { name: 'root' },
      spec: {
        source: { pvc: { namespace: 'images', name: 'golden' } },
        storage: { resources: { requests: { storage: '1Gi' } } },
      },
    },
  ];
  const wanted = machine(
    { instancetype: { inferFromVolume: 'boot' }, dataVolumeTemplates },
    { volumes: [{ name: 'boot', dataVolume: { name: 'root' } }] },
  );
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'eve' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'eve' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
  };
  const bindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'rolebindings', namespace: 'default' };
  await door.create(bindings, binding);
  await assert.rejects(operations.as(user('eve')).create(machines, wanted), /may not read the claim images\/golden/);
  const { spec } = (await door.create(machines, wanted)) as VirtualMachine;
  assert.deepEqual(spec.instancetype, { name: 'small' });
});

test('expanded, a machine says everything itself', async () => {
  const { door, operations, admin } = await cloudWithTypes();
  const named = { instancetype: { name: 'small' }, preference: { name: 'linux', kind: 'VirtualMachinePreference' } };
  await door.create(machines, machine(named, { volumes: [{ name: 'a', emptyDisk: { capacity: '1Gi' } }] }));
  const orders = { group: 'subresources.kubevirt.io', version: 'v1', namespace: 'default' };
  const stored = { ...orders, plural: 'virtualmachines', name: 'vm', subresource: 'expand-spec' };
  const checked = (answer: unknown) => {
    const { spec } = answer as VirtualMachine;
    assert.deepEqual([spec.instancetype, spec.preference], [undefined, undefined]);
    const { cpu, machine: board, devices } = spec.template.spec?.domain ?? {};
    assert.deepEqual([cpu?.sockets, board?.type, devices?.disks?.[0]?.disk?.bus], [2, 'pc', 'virtio']);
  };
  checked(await operations.act(admin, stored, 'get', undefined));
  const sent = { ...orders, plural: 'expand-vm-spec' };
  const body = machine(named, { volumes: [{ name: 'a', emptyDisk: { capacity: '1Gi' } }] });
  checked(await operations.act(admin, sent, 'update', body as unknown as KubeObject));
  const unknown = machine({ instancetype: { name: 'none' } });
  await assert.rejects(
    operations.act(admin, sent, 'update', unknown),
    /VirtualMachineClusterInstancetype "none" not found/,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause, Draft } from '../../machinery/index.ts';
import { defaultInstance } from '../instance-defaults.ts';
import type { VirtualMachine } from '../virtual-machine.ts';
import type { VirtualMachineInstance } from '../virtual-machine-instance.ts';
import { validateDataVolume } from './data-volume.ts';
import { validateVirtualMachine } from './virtual-machine.ts';
import { validateVirtualMachineInstance } from './virtual-machine-instance.ts';

type Spec = VirtualMachineInstance['spec'];

const plain: Spec = {
  domain: { memory: { guest: '1Gi' }, devices: { disks: [{ name: 'root', disk: { bus: 'virtio' } }] } },
  volumes: [{ name: 'root', containerDisk: { image: 'registry/disk:1' } }],
};

function instance(spec: Spec): VirtualMachineInstance {
  const draft = structuredClone(spec) as Draft<Spec>;
  defaultInstance({ metadata: {}, spec: draft });
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {},
    spec: draft,
  };
}

const brief = (causes: readonly Cause[]) => causes.map(({ reason, field }) => `${reason} ${field}`);
const faults = (spec: Spec) => brief(validateVirtualMachineInstance(instance(spec), {}));
const withDevices = (devices: Spec['domain']['devices'], more: Partial<Spec> = {}): Spec => ({
  ...plain,
  ...more,
  domain: { ...plain.domain, ...more.domain, devices: { ...plain.domain.devices, ...devices } },
});
const withDomain = (domain: Partial<Spec['domain']>): Spec => ({ ...plain, domain: { ...plain.domain, ...domain } });

test('a plain machine is fine', () => assert.deepEqual(faults(plain), []));

const disk = 'spec.domain.devices.disks[0]';
const nic = 'spec.domain.devices.interfaces[0]';
const cases: [string, Spec, string[]][] = [
  [
    'there is one resource of that name',
    { ...plain, domain: { ...plain.domain, resources: { limits: { 'godwit.dev/gpu-shares': '250' } } } },
    ['FieldValueInvalid spec.domain.resources.limits.godwit.dev/gpu-shares'],
  ],
  ['a disk needs a volume', { ...plain, volumes: [] }, [`FieldValueInvalid ${disk}.name`]],
  [
    'a bus must be one that the device knows',
    withDevices({ disks: [{ name: 'root', cdrom: { bus: 'virtio' } }] }),
    [`FieldValueNotSupported ${disk}.cdrom.bus`],
  ],
  [
    'a disk is one thing only',
    withDevices({ disks: [{ name: 'root', disk: {}, cdrom: {} }] }),
    [`FieldValueInvalid ${disk}`],
  ],
  [
    'names of disks are unique',
    withDevices({ disks: [{ name: 'root' }, { name: 'root' }] }),
    ['FieldValueDuplicate spec.domain.devices.disks[1].name'],
  ],
  [
    'boot orders are unique and count from 1',
    withDevices({ disks: [{ name: 'root', bootOrder: 0 }] }),
    [`FieldValueInvalid ${disk}.bootOrder`],
  ],
  [
    'a LUN shows a claim',
    withDevices({ disks: [{ name: 'root', lun: { bus: 'scsi' } }] }),
    [`FieldValueInvalid ${disk}.lun`],
  ],
  [
    'block sizes are powers of two',
    withDevices({
      disks: [{ name: 'root', disk: { bus: 'virtio' }, blockSize: { custom: { logical: 500, physical: 4096 } } }],
    }),
    [`FieldValueInvalid ${disk}.blockSize.custom.logical`],
  ],
  [
    'a volume has one source',
    { ...plain, volumes: [{ name: 'root', containerDisk: { image: 'a' }, emptyDisk: { capacity: '1Gi' } }] },
    ['FieldValueInvalid spec.volumes[0]'],
  ],
  [
    'cloud-init has something to say, once',
    {
      ...plain,
      volumes: [
        { name: 'root', containerDisk: { image: 'a' } },
        { name: 'empty', cloudInitNoCloud: {} },
        { name: 'twice', cloudInitNoCloud: { userData: 'a', userDataBase64: 'YQ==' } },
        { name: 'broken', cloudInitConfigDrive: { userDataBase64: '???' } },
      ],
    },
    [
      'FieldValueRequired spec.volumes[1].cloudInitNoCloud',
      'FieldValueInvalid spec.volumes[2].cloudInitNoCloud',
      'FieldValueInvalid spec.volumes[3].cloudInitConfigDrive.userDataBase64',
    ],
  ],
  [
    'long user data goes into a Secret',
    {
      ...plain,
      volumes: [
        { name: 'root', containerDisk: { image: 'a' } },
        { name: 'init', cloudInitNoCloud: { userData: 'x'.repeat(2049) } },
      ],
    },
    ['FieldValueTooLong spec.volumes[1].cloudInitNoCloud.userData'],
  ],
  [
    'an interface joins a network that is listed',
    withDevices({ interfaces: [{ name: 'default', masquerade: {} }] }),
    [`FieldValueInvalid ${nic}.name`],
  ],
  [
    'a network is joined by an interface',
    { ...plain, networks: [{ name: 'default', pod: {} }] },
    ['FieldValueRequired spec.networks[0].name'],
  ],
  [
    'masquerade is for the pod network, and a binding is named',
    withDevices(
      { interfaces: [{ name: 'lan', masquerade: {} }, { name: 'wan' }] },
      {
        networks: [
          { name: 'lan', multus: { networkName: 'lan' } },
          { name: 'wan', multus: { networkName: 'wan' } },
        ],
      },
    ),
    [`FieldValueInvalid ${nic}.masquerade`, 'FieldValueRequired spec.domain.devices.interfaces[1]'],
  ],
  [
    'addresses and ports are well formed',
    withDevices(
      {
        interfaces: [
          { name: 'default', bridge: {}, macAddress: 'nonsense', ports: [{ port: 0 }, { port: 80, protocol: 'ICMP' }] },
        ],
      },
      { networks: [{ name: 'default', pod: {} }] },
    ),
    [
      `FieldValueInvalid ${nic}.macAddress`,
      `FieldValueInvalid ${nic}.ports[0].port`,
      `FieldValueNotSupported ${nic}.ports[1].protocol`,
    ],
  ],
  ['memory is asked for', withDomain({ memory: {} }), ['FieldValueRequired spec.domain.memory.guest']],
  [
    'requests do not go beyond limits',
    withDomain({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
    ['FieldValueInvalid spec.domain.resources.requests.memory'],
  ],
  [
    'a guest does not see more than its limit, nor more than it can grow to',
    withDomain({ memory: { guest: '2Gi', maxGuest: '1Gi' }, resources: { limits: { memory: '1Gi' } } }),
    ['FieldValueInvalid spec.domain.memory.guest', 'FieldValueInvalid spec.domain.memory.guest'],
  ],
  [
    'huge pages divide the memory',
    withDomain({ memory: { guest: '3Mi', hugepages: { pageSize: '2Mi' } } }),
    ['FieldValueInvalid spec.domain.memory.hugepages.pageSize'],
  ],
  [
    'sockets stay below their maximum',
    withDomain({ cpu: { sockets: 4, maxSockets: 2 } }),
    ['FieldValueInvalid spec.domain.cpu.sockets'],
  ],
  [
    'processors of its own are as many as are asked for',
    withDomain({ cpu: { cores: 2, dedicatedCpuPlacement: true }, resources: { requests: { cpu: '1' } } }),
    ['FieldValueInvalid spec.domain.resources.requests.cpu'],
  ],
  [
    'a device of the host has a name',
    withDomain({ devices: { gpus: [{ name: 'g', deviceName: '' }] } }),
    ['FieldValueRequired spec.domain.devices.gpus[0].deviceName'],
  ],
  [
    'real-time needs its own processors and huge pages',
    withDomain({ cpu: { realtime: {} } }),
    [
      'FieldValueRequired spec.domain.cpu.dedicatedCpuPlacement',
      'FieldValueRequired spec.domain.cpu.numa.guestMappingPassthrough',
      'FieldValueRequired spec.domain.memory.hugepages',
    ],
  ],
  [
    'secure boot needs SMM',
    withDomain({ firmware: { bootloader: { efi: {} } } }),
    ['FieldValueInvalid spec.domain.firmware.bootloader.efi.secureBoot'],
  ],
  [
    'a kernel to boot comes from somewhere',
    withDomain({ firmware: { kernelBoot: { container: { image: 'a', kernelPath: '../boot' } } } }),
    ['FieldValueInvalid spec.domain.firmware.kernelBoot.container.kernelPath'],
  ],
  ['a host name is a label', { ...plain, hostname: 'Not a name' }, ['FieldValueInvalid spec.hostname']],
  ['a probe asks one thing', { ...plain, readinessProbe: {} }, ['FieldValueRequired spec.readinessProbe']],
  [
    'a paused start cannot be watched for life',
    { ...plain, startStrategy: 'Paused', livenessProbe: { tcpSocket: { port: 22 } } },
    ['FieldValueInvalid spec.startStrategy'],
  ],
];

for (const [what, spec, expected] of cases) test(what, () => assert.deepEqual(faults(spec), expected));

test('a running machine only changes its size and the time that it has to shut down', () => {
  const old = instance(plain);
  const change = (spec: Spec) => brief(validateVirtualMachineInstance(instance(spec), { old }));
  assert.deepEqual(change(plain), []);
  const { cpu } = old.spec.domain;
  assert.deepEqual(change({ ...old.spec, domain: { ...old.spec.domain, cpu: { ...cpu, sockets: 2 } } }), []);
  assert.deepEqual(change({ ...plain, terminationGracePeriodSeconds: 5 }), []);
  assert.deepEqual(change({ ...plain, hostname: 'other' }), ['FieldValueForbidden spec']);
});

const machine = (spec: Partial<VirtualMachine['spec']>): VirtualMachine => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { namespace: 'default' },
  spec: { template: { spec: plain }, ...spec },
});

test('a machine says in one way when it runs', () => {
  const found = (spec: Partial<VirtualMachine['spec']>) => brief(validateVirtualMachine(machine(spec)));
  assert.deepEqual(found({ runStrategy: 'Always' }), []);
  assert.deepEqual(found({ running: true }), []);
  assert.deepEqual(found({}), ['FieldValueRequired spec.runStrategy']);
  assert.deepEqual(found({ running: true, runStrategy: 'Always' }), ['FieldValueInvalid spec.running']);
});

test('memory may come from an instancetype', () => {
  const spec = { domain: { devices: {} } };
  const found = (over: Partial<VirtualMachine['spec']>) =>
    brief(validateVirtualMachine(machine({ runStrategy: 'Halted', template: { spec }, ...over })));
  assert.deepEqual(found({}), ['FieldValueRequired spec.template.spec.domain.memory.guest']);
  assert.deepEqual(found({ instancetype: { name: 'small' } }), []);
});

test('DataVolumes of a machine are used by it', () => {
  const size = { resources: { requests: { storage: '1Gi' } } };
  const template = (name: string) => ({ metadata: { name }, spec: { source: { blank: {} }, storage: size } });
  const found = (...templates: ReturnType<typeof template>[]) =>
    brief(validateVirtualMachine(machine({ runStrategy: 'Halted', dataVolumeTemplates: templates })));
  assert.deepEqual(found(template('unused')), ['FieldValueRequired spec.dataVolumeTemplates[0]']);
});

test('a DataVolume has one source, a size, and a checksum that can be one', () => {
  const size = { resources: { requests: { storage: '1Gi' } } };
  const found = (spec: Parameters<typeof validateDataVolume>[0]['spec']) =>
    brief(validateDataVolume({ apiVersion: 'cdi.kubevirt.io/v1beta1', kind: 'DataVolume', metadata: {}, spec }));
  assert.deepEqual(found({ source: { blank: {} }, storage: size }), []);
  assert.deepEqual(found({ source: { blank: {}, upload: {} }, storage: size }), ['FieldValueInvalid spec.source']);
  assert.deepEqual(found({ source: { blank: {} } }), ['FieldValueRequired spec']);
  assert.deepEqual(found({ source: { blank: {} }, storage: {} }), [
    'FieldValueRequired spec.storage.resources.requests.storage',
  ]);
  const http = (url: string, checksum: string) => found({ source: { http: { url, checksum } }, storage: size });
  assert.deepEqual(http('https://example.com/a', `sha256:${'a'.repeat(64)}`), []);
  assert.deepEqual(http('ftp://example.com/a', 'sha256:short'), [
    'FieldValueInvalid spec.source.http.url',
    'FieldValueInvalid spec.source.http.checksum',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds } from '../../registry.ts';
import type { VirtualMachine } from '../virtual-machine.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { topologyOf } from './cpu-topology.ts';
import { completeMachine, expandMachine, type NamedTypes } from './expand-machine.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import { matchedKind, matcherCauses } from './matcher.ts';
import type { PreferenceSpec } from './preference-spec.ts';
import { isRevisionOf, revisionOfType, typeOfRevision } from './type-revision.ts';
import { validateInstancetype, validatePreference } from './validate-types.ts';

const small: InstancetypeSpec = { cpu: { guest: 4 }, memory: { guest: '256Mi' } };

function machine(
  spec: Partial<VirtualMachineInstanceSpec>,
  more: Partial<VirtualMachine['spec']> = {},
): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'web', namespace: 'shop', uid: 'machine-1' },
    spec: {
      runStrategy: 'Halted',
      instancetype: { name: 'small', kind: 'VirtualMachineInstancetype' },
      preference: { name: 'linux' },
      template: { spec: { domain: { devices: {} }, ...spec } },
      ...more,
    },
  };
}

function expanded(from: VirtualMachine, types: NamedTypes): VirtualMachine {
  const result = expandMachine(from, types);
  assert.equal(result.type, 'expanded', JSON.stringify(result));
  return (result as { machine: VirtualMachine }).machine;
}

function refused(from: VirtualMachine, types: NamedTypes): readonly string[] {
  const result = expandMachine(from, types);
  return result.type === 'refused' ? result.causes.map(({ field }) => field ?? '') : [];
}

const domainOf = (vm: VirtualMachine) => vm.spec.template.spec?.domain;

test('an instancetype decides processors, memory and what is reserved', () => {
  const type = {
    ...small,
    memory: { guest: '1Gi', maxGuest: '2Gi', overcommitPercent: 25 },
    cpu: { guest: 4, maxSockets: 8, dedicatedCPUPlacement: false },
    nodeSelector: { disk: 'ssd' },
    annotations: { tier: 'web' },
  };
  const vm = expanded(machine({}), { instancetype: type });
  assert.deepEqual(domainOf(vm)?.cpu, {
    sockets: 4,
    cores: 1,
    threads: 1,
    maxSockets: 8,
    dedicatedCpuPlacement: false,
  });
  assert.deepEqual(domainOf(vm)?.memory, { guest: '1Gi', maxGuest: '2Gi' });
  assert.equal(domainOf(vm)?.resources?.requests?.memory, String(768 * 1024 ** 2));
  assert.deepEqual(vm.spec.template.spec?.nodeSelector, { disk: 'ssd' });
  assert.deepEqual(vm.spec.template.metadata?.annotations, {
    tier: 'web',
    'kubevirt.io/instancetype-name': 'small',
    'kubevirt.io/cluster-preference-name': 'linux',
  });
});

test('what the instancetype decides the template must not say', () => {
  const spec = (domain: object) => machine({ domain: { devices: {}, ...domain } });
  const of = (domain: object, type: InstancetypeSpec = small) => refused(spec(domain), { instancetype: type });
  const at = (field: string) => [`spec.template.spec.domain.${field}`];
  assert.deepEqual(of({ memory: { guest: '1Gi' } }), at('memory.guest'));
  assert.deepEqual(of({ memory: { guest: small.memory.guest } }), []);
  assert.deepEqual(of({ cpu: { cores: 2 } }), at('cpu.cores'));
  assert.deepEqual(of({ resources: { requests: { cpu: '2' } } }), at('resources.requests.cpu'));
  assert.deepEqual(of({ resources: { limits: { memory: '1Gi' } } }), at('resources.limits.memory'));
  assert.deepEqual(of({ cpu: { model: 'Haswell' } }), []);
  assert.deepEqual(
    of({ cpu: { model: 'Haswell' } }, { ...small, cpu: { guest: 1, model: 'host-model' } }),
    at('cpu.model'),
  );
  assert.deepEqual(refused(machine({ nodeSelector: { a: 'b' } }), { instancetype: { ...small, nodeSelector: {} } }), [
    'spec.template.spec.nodeSelector',
  ]);
  const annotated = machine(
    {},
    { template: { metadata: { annotations: { tier: 'db' } }, spec: { domain: { devices: {} } } } },
  );
  assert.deepEqual(refused(annotated, { instancetype: { ...small, annotations: { tier: 'web' } } }), [
    'spec.template.metadata.annotations.tier',
  ]);
});

test('a preference holds where the template says nothing, for devices that nobody lists too', () => {
  const preference: PreferenceSpec = {
    devices: {
      preferredDiskBus: 'virtio',
      preferredCdromBus: 'scsi',
      preferredInterfaceModel: 'e1000e',
      preferredAutoattachInputDevice: true,
      preferredInputType: 'keyboard',
      preferredInputBus: 'virtio',
      preferredRng: {},
      preferredAutoattachMemBalloon: false,
    },
    machine: { preferredMachineType: 'pc' },
    firmware: { preferredEfi: { secureBoot: false } },
    features: { preferredHyperv: { relaxed: {}, vapic: {} } },
    clock: { preferredClockOffset: { timezone: 'Europe/Rome' }, preferredTimer: { hpet: { present: false } } },
    cpu: { preferredCPUFeatures: [{ name: 'vmx', policy: 'optional' }] },
    preferredTerminationGracePeriodSeconds: 90,
  };
  const own = machine({
    domain: {
      devices: { disks: [{ name: 'a' }, { name: 'b', disk: { bus: 'sata' } }, { name: 'c', cdrom: {} }] },
      features: { hyperv: { vapic: { enabled: false } } },
    },
    volumes: ['a', 'b', 'c', 'd'].map((name) => ({ name, emptyDisk: { capacity: '1Mi' } })),
  });
  const spec = expanded(own, { instancetype: small, preference }).spec.template.spec;
  const { devices, ...domain } = spec?.domain ?? { devices: {} };
  assert.deepEqual(
    devices.disks?.map(({ disk, cdrom }) => disk?.bus ?? cdrom?.bus),
    ['virtio', 'sata', 'scsi', 'virtio'],
  );
  assert.equal(devices.interfaces?.[0]?.model, 'e1000e');
  assert.deepEqual(devices.inputs, [{ name: 'default-0', type: 'keyboard', bus: 'virtio' }]);
  assert.deepEqual([devices.rng, devices.autoattachMemBalloon], [{}, false]);
  assert.equal(domain.machine?.type, 'pc');
  assert.deepEqual(domain.firmware?.bootloader, { efi: { secureBoot: false } });
  assert.deepEqual(domain.features?.hyperv, { relaxed: {}, vapic: { enabled: false } });
  assert.deepEqual(domain.clock, { timer: { hpet: { present: false } }, timezone: 'Europe/Rome' });
  assert.deepEqual(domain.cpu?.features, [{ name: 'vmx', policy: 'optional' }]);
  assert.equal(spec?.terminationGracePeriodSeconds, 90);
});

test('virtual processors show as the preference wants', () => {
  const of = (processors: number, cpu: PreferenceSpec['cpu'] & object) =>
    Object.values(topologyOf(processors, { cpu }));
  assert.deepEqual(of(4, {}), [4, 1, 1]);
  assert.deepEqual(of(4, { preferredCPUTopology: 'preferCores' }), [1, 4, 1]);
  assert.deepEqual(of(4, { preferredCPUTopology: 'threads' }), [1, 1, 4]);
  assert.deepEqual(of(4, { preferredCPUTopology: 'any' }), [4, 1, 1]);
  const spread = (across?: string, ratio?: number) => ({
    preferredCPUTopology: 'spread',
    spreadOptions: { ...(across && { across }), ...(ratio && { ratio }) },
  });
  assert.deepEqual(of(8, spread()), [4, 2, 1]);
  assert.deepEqual(of(12, spread('SocketsCoresThreads', 3)), [2, 3, 2]);
  assert.deepEqual(of(8, spread('CoresThreads')), [1, 4, 2]);
  assert.deepEqual(of(1, spread()), [1, 1, 1]);
  const odd = { instancetype: { ...small, cpu: { guest: 5 } }, preference: { cpu: spread() } };
  assert.deepEqual(refused(machine({}), odd), ['instancetype.spec.cpu.guest']);
});

test('a machine below what its preference requires is refused', () => {
  const preference = { requirements: { cpu: { guest: 8 }, memory: { guest: '1Gi' }, architecture: 'arm64' } };
  const architecture = 'spec.template.spec.architecture';
  assert.deepEqual(refused(machine({}), { instancetype: small, preference }), [
    'spec.instancetype',
    'spec.instancetype',
    architecture,
  ]);
  const own = machine({ domain: { devices: {}, cpu: { cores: 2 }, memory: { guest: '2Gi' } } });
  assert.deepEqual(refused(own, { preference }), ['spec.template.spec.domain.cpu', architecture]);
});

test('volumes that are made with the machine get the preferred class, unless they name one', () => {
  const template = (name: string, storage: object) => ({
    metadata: { name },
    spec: { source: { blank: {} }, storage: { resources: { requests: { storage: '1Gi' } }, ...storage } },
  });
  const templates = [template('a', {}), template('b', { storageClassName: 'own' })];
  const vm = machine({}, { dataVolumeTemplates: templates });
  const { spec } = expanded(vm, { preference: { volumes: { preferredStorageClassName: 'fast' } } });
  assert.deepEqual(
    spec.dataVolumeTemplates?.map((one) => one.spec.storage?.storageClassName),
    ['fast', 'own'],
  );
});

test('a complete machine names nothing any more, and says everything', () => {
  const { spec } = completeMachine(expanded(machine({}), { instancetype: small, preference: {} }));
  assert.deepEqual([spec.instancetype, spec.preference], [undefined, undefined]);
  assert.equal(spec.template.spec?.domain.machine?.type, 'q35');
  assert.equal(spec.template.spec?.domain.memory?.maxGuest, '1Gi');
});

test('kinds are named in any case, singular or plural, and are the cluster’s by default', () => {
  assert.equal(matchedKind('instancetype', undefined)?.plural, 'virtualmachineclusterinstancetypes');
  assert.equal(matchedKind('instancetype', 'virtualmachineinstancetypes')?.namespaced, true);
  assert.equal(matchedKind('preference', 'VirtualMachinePreference')?.plural, 'virtualmachinepreferences');
  assert.equal(matchedKind('preference', 'VirtualMachineInstancetype'), undefined);
  const fields = (matcher: object) => matcherCauses('preference', matcher).map(({ field }) => field);
  assert.deepEqual(fields({}), ['spec.preference']);
  assert.deepEqual(fields({ name: 'a', kind: 'Pod' }), ['spec.preference.kind']);
  assert.deepEqual(fields({ inferFromVolume: 'root', name: 'a', kind: 'b' }), [
    'spec.preference.name',
    'spec.preference.kind',
    'spec.preference.kind',
  ]);
});

test('a revision keeps the type, and says of which it is', () => {
  const type = {
    apiVersion: 'instancetype.kubevirt.io/v1beta1',
    kind: 'VirtualMachineInstancetype',
    metadata: { name: 'small', namespace: 'shop', uid: 'u1', generation: 3 },
    spec: small,
  };
  const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', ...revisionOfType(machine({}), type) };
  assert.equal(revision.metadata.name, 'web-small-v1beta1-u1-3');
  assert.equal(revision.metadata.ownerReferences?.[0]?.uid, 'machine-1');
  assert.deepEqual(typeOfRevision('instancetype', revision)?.spec, small);
  assert.equal(typeOfRevision('preference', revision), undefined);
  assert.equal(isRevisionOf(revision, 'instancetype', { name: 'small', kind: type.kind }), true);
  assert.equal(isRevisionOf(revision, 'instancetype', { name: 'small' }), false);
  assert.equal(isRevisionOf(revision, 'instancetype', { name: 'large', kind: type.kind }), false);
});

test('types that make no sense are refused', () => {
  const ofType = (spec: object) =>
    validateInstancetype({ ...machine({}), spec: { ...small, ...spec } }).map(({ field }) => field);
  assert.deepEqual(ofType({}), []);
  assert.deepEqual(ofType({ memory: { guest: '0' } }), ['spec.memory.guest']);
  assert.deepEqual(ofType({ memory: { guest: '2Gi', maxGuest: '1Gi' } }), ['spec.memory.guest']);
  assert.deepEqual(ofType({ memory: { guest: '1Gi', overcommitPercent: 101 } }), ['spec.memory.overcommitPercent']);
  assert.deepEqual(ofType({ memory: { guest: '1Gi', overcommitPercent: 5, hugepages: {} } }), [
    'spec.memory.overcommitPercent',
  ]);
  const ofPreference = (cpu: object) => validatePreference({ ...machine({}), spec: { cpu } }).map(({ field }) => field);
  assert.deepEqual(ofPreference({ preferredCPUTopology: 'preferSpread' }), []);
  assert.deepEqual(ofPreference({ preferredCPUTopology: 'round' }), ['spec.cpu.preferredCPUTopology']);
  const spread = (spreadOptions: object) => ofPreference({ preferredCPUTopology: 'spread', spreadOptions });
  assert.deepEqual(spread({ across: 'Hosts' }), ['spec.cpu.spreadOptions.across']);
  assert.deepEqual(spread({ across: 'CoresThreads', ratio: 4 }), ['spec.cpu.spreadOptions.ratio']);
});

test('the four kinds are served', () => {
  const group = builtInKinds.filter((kind) => kind.group === 'instancetype.kubevirt.io');
  assert.deepEqual(
    group.map(({ kind, namespaced }) => [kind, namespaced]),
    [
      ['VirtualMachineInstancetype', true],
      ['VirtualMachineClusterInstancetype', false],
      ['VirtualMachinePreference', true],
      ['VirtualMachineClusterPreference', false],
    ],
  );
});

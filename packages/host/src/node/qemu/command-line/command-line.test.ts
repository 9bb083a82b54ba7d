import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Failure, hasCode } from '@godwit/base';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { LaunchRequest, PreparedVolume } from '../../../hypervisor-driver.ts';
import { machineFiles } from '../machine-files.ts';
import { commandLine, type LaunchSite, memoryPlan, processorPlan } from './index.ts';

const site: LaunchSite = {
  acceleration: 'tcg',
  files: machineFiles('/state/machines', 'uid-1'),
  firmwareFolder: '/usr/share/OVMF',
  vhostNet: false,
};
const minimal: VirtualMachineInstanceSpec = { domain: { memory: { guest: '1Gi' }, devices: {} } };

type Domain = VirtualMachineInstanceSpec['domain'];
const domain = (part: Partial<Domain>): VirtualMachineInstanceSpec => ({ domain: { ...minimal.domain, ...part } });
const volume = (name: string, part: Partial<PreparedVolume> = {}): PreparedVolume => {
  return { name, path: `/disks/${name}.img`, format: 'raw', readOnly: false, sizeBytes: 1, direct: true, ...part };
};

function line(spec: VirtualMachineInstanceSpec, request: Partial<LaunchRequest> = {}, where = site): string[] {
  const identity = { uid: 'uid-1', namespace: 'default', name: 'one' };
  return commandLine({ ...identity, spec, prepared: { volumes: [] }, interfaces: [], held: false, ...request }, where);
}

/** Values of an option, in order. */
function values(args: readonly string[], option: string): string[] {
  return args.flatMap((word, index) => (word === option ? [args[index + 1] as string] : []));
}

function device(args: readonly string[], driver: string): string | undefined {
  return values(args, '-device').find((value) => value === driver || value.startsWith(`${driver},`));
}

const refused = (spec: VirtualMachineInstanceSpec, request: Partial<LaunchRequest>, word: RegExp) => {
  assert.throws(
    () => line(spec, request),
    (error: Failure) => hasCode(error, 'unsupported-hardware') && word.test(error.message),
  );
};

describe('processors and memory', () => {
  test('all processors that the machine can grow to are declared as sockets', () => {
    const args = line(domain({ cpu: { sockets: 2, cores: 3, threads: 2, maxSockets: 4 } }));
    assert.deepEqual(values(args, '-smp'), ['12,maxcpus=24,sockets=4,cores=3,threads=2']);
  });

  test('processors asked for as resources become sockets, and sockets may grow four times', () => {
    assert.deepEqual(processorPlan(domain({ resources: { requests: { cpu: '1500m' } } })), {
      sockets: 2,
      maxSockets: 8,
      cores: 1,
      threads: 1,
    });
    assert.deepEqual(processorPlan(minimal), { sockets: 1, maxSockets: 4, cores: 1, threads: 1 });
    assert.equal(processorPlan(domain({ cpu: { sockets: 2, dedicatedCpuPlacement: true } })).maxSockets, 2);
  });

  test('the model is the host under KVM, everything QEMU can under TCG, and else what was asked for', () => {
    assert.deepEqual(values(line(minimal), '-cpu'), ['max']);
    assert.deepEqual(values(line(minimal, {}, { ...site, acceleration: 'kvm' }), '-cpu'), ['host']);
    const features = [{ name: 'vmx', policy: 'disable' as const }, { name: 'aes' }];
    assert.deepEqual(values(line(domain({ cpu: { model: 'Haswell', features } })), '-cpu'), ['Haswell,vmx=off,aes=on']);
  });

  test('memory is the guest size, else the request, and grows four times unless it is told how far', () => {
    assert.deepEqual(values(line(minimal), '-m'), ['size=1024M,slots=16,maxmem=4096M']);
    assert.equal(
      memoryPlan(domain({ memory: {}, resources: { requests: { memory: '256M' } } })).bootBytes,
      245 * 2 ** 20,
    );
    assert.deepEqual(values(line(domain({ memory: { guest: '1Gi', maxGuest: '1Gi' } })), '-m'), ['size=1024M']);
  });
});

describe('disks', () => {
  const withDisks = (disks: Domain['devices']['disks'], volumes: PreparedVolume[]) => {
    return line(domain({ devices: { disks: disks ?? [] } }), { prepared: { volumes } });
  };

  test('each bus has its device and its controller', () => {
    const args = withDisks(
      [
        { name: 'a', disk: { bus: 'virtio' }, serial: 'S1' },
        { name: 'b', disk: { bus: 'sata' } },
        { name: 'c', disk: { bus: 'scsi' } },
        { name: 'd', disk: { bus: 'usb' } },
        { name: 'e', cdrom: { bus: 'sata' } },
      ],
      ['a', 'b', 'c', 'd', 'e'].map((name) => volume(name)),
    );
    assert.match(device(args, 'virtio-blk-pci') ?? '', /drive=disk-a,bootindex=1,serial=S1,werror=stop,rerror=stop/);
    assert.match(device(args, 'ide-hd') ?? '', /bus=sata0\.0/);
    assert.match(device(args, 'ide-cd') ?? '', /bus=sata0\.1/);
    assert.match(device(args, 'scsi-hd') ?? '', /bus=scsi0\.0/);
    assert.match(device(args, 'usb-storage') ?? '', /bus=usb\.0/);
    for (const controller of ['ich9-ahci', 'virtio-scsi-pci', 'qemu-xhci'])
      assert.ok(device(args, controller), controller);
    const cdrom = values(args, '-blockdev').find((node) => node.includes('node-name=disk-e'));
    assert.match(cdrom ?? '', /read-only=on/);
  });

  test('the seventh SATA disk sits on a second controller', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const args = withDisks(
      names.map((name) => ({ name, disk: { bus: 'sata' } })),
      names.map((name) => volume(name)),
    );
    assert.equal(values(args, '-device').filter((value) => value.startsWith('ich9-ahci')).length, 2);
    assert.ok(values(args, '-device').some((value) => value.includes('drive=disk-g') && value.endsWith('bus=sata1.0')));
  });

  test('an order that was given is the only one', () => {
    const args = withDisks(
      [
        { name: 'a', disk: { bus: 'virtio' } },
        { name: 'b', disk: { bus: 'virtio' }, bootOrder: 1 },
      ],
      [volume('a'), volume('b')],
    );
    const disks = values(args, '-device').filter((value) => value.startsWith('virtio-blk-pci'));
    assert.doesNotMatch(disks[0] ?? '', /bootindex/);
    assert.match(disks[1] ?? '', /bootindex=1/);
  });

  test('caches, and paths with commas', () => {
    const spec = [{ name: 'a', disk: { bus: 'virtio' }, cache: 'writethrough' }];
    const args = withDisks(spec, [volume('a', { path: '/odd,name.img' })]);
    const node = values(args, '-blockdev')[0] ?? '';
    assert.match(node, /file\.filename=\/odd,,name\.img/);
    assert.match(node, /cache\.direct=off/);
    assert.match(device(args, 'virtio-blk-pci') ?? '', /write-cache=off/);
  });

  test('what cannot be is refused in words', () => {
    const readOnly = [{ name: 'a', disk: { bus: 'sata', readonly: true } }];
    refused(
      domain({ devices: { disks: readOnly } }),
      { prepared: { volumes: [volume('a')] } },
      /read-only disk cannot sit on SATA/,
    );
    refused(
      domain({ devices: { disks: [{ name: 'a', disk: { bus: 'ide' } }] } }),
      { prepared: { volumes: [volume('a')] } },
      /no bus ide/,
    );
    refused(domain({ devices: { gpus: [{ name: 'g', deviceName: 'example.com/g' }] } }), {}, /gpus/);
  });
});

describe('firmware', () => {
  test('BIOS by default; UEFI with variables of its own; secure boot needs SMM', () => {
    assert.deepEqual(values(line(minimal), '-drive'), []);
    const open = line(domain({ firmware: { bootloader: { efi: { secureBoot: false } } } }));
    assert.match(values(open, '-drive')[0] ?? '', /readonly=on,file=\/usr\/share\/OVMF\/OVMF_CODE_4M\.fd/);
    assert.match(values(open, '-drive')[1] ?? '', /file=\/state\/machines\/uid-1\/firmware\.fd/);
    const secure = line(domain({ firmware: { bootloader: { efi: {} } } }));
    assert.match(values(secure, '-machine')[0] ?? '', /smm=on/);
    assert.match(values(secure, '-drive')[0] ?? '', /OVMF_CODE_4M\.ms\.fd/);
  });

  test('without OVMF on the host UEFI is refused', () => {
    const { firmwareFolder: _, ...bare } = site;
    assert.throws(() => line(domain({ firmware: { bootloader: { efi: {} } } }), {}, bare), /install the package ovmf/);
  });

  test('a kernel is booted straight away, with its arguments', () => {
    const firmware = { kernelBoot: { kernelArgs: 'console=ttyS0 quiet' } };
    const kernel = { kernelPath: '/images/vmlinuz', initrdPath: '/images/initrd' };
    const args = line(domain({ firmware }), { prepared: { volumes: [], kernel } });
    assert.deepEqual(
      [values(args, '-kernel'), values(args, '-initrd'), values(args, '-append')],
      [['/images/vmlinuz'], ['/images/initrd'], ['console=ttyS0 quiet']],
    );
  });

  test('the identity is the one asked for, else one that stays with the name', () => {
    const uuid = '5d307ca9-b3ef-428c-8861-06e72d69f223';
    assert.deepEqual(values(line(domain({ firmware: { uuid, serial: 'S' } })), '-uuid'), [uuid]);
    const [own] = values(line(minimal), '-uuid');
    assert.match(own ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(values(line(minimal, { uid: 'another' }), '-uuid'), [own]);
    assert.notDeepEqual(values(line(minimal, { name: 'two' }), '-uuid'), [own]);
  });
});

describe('the rest', () => {
  test('a network card on its tap, with its address and no boot ROM', () => {
    const interfaces = [{ name: 'default', mac: '0a:58:0a:40:00:02', mtu: 1450, tapName: 'p0a400002' }];
    const args = line(domain({ devices: { interfaces: [{ name: 'default', masquerade: {} }] } }), { interfaces });
    assert.deepEqual(values(args, '-netdev'), ['tap,id=net-default,ifname=p0a400002,script=no,downscript=no']);
    assert.match(device(args, 'virtio-net-pci') ?? '', /mac=0a:58:0a:40:00:02,romfile=,host_mtu=1450/);
  });

  test('devices come when they are asked for, and those that all have can be left away', () => {
    const all = line(
      domain({
        devices: {
          rng: {},
          watchdog: { name: 'w', i6300esb: { action: 'poweroff' } },
          tpm: {},
          inputs: [{ name: 't', type: 'tablet', bus: 'usb' }],
        },
      }),
    );
    for (const driver of [
      'virtio-rng-pci',
      'i6300esb',
      'tpm-crb',
      'usb-tablet',
      'virtio-balloon-pci',
      'VGA',
      'virtserialport',
    ]) {
      assert.ok(device(all, driver), driver);
    }
    assert.match(values(all, '-action')[0] ?? '', /watchdog=poweroff/);
    const none = line(
      domain({
        devices: { autoattachMemBalloon: false, autoattachGraphicsDevice: false, autoattachSerialConsole: false },
      }),
    );
    for (const driver of ['virtio-balloon-pci', 'VGA', 'virtio-rng-pci'])
      assert.equal(device(none, driver), undefined, driver);
    assert.deepEqual([values(none, '-serial'), values(none, '-vnc')], [[], []]);
  });

  test('the process stays when the guest is off, may start nothing, and can be held before it begins', () => {
    const args = line(minimal);
    assert.ok(args.includes('-no-shutdown'));
    assert.match(values(args, '-sandbox')[0] ?? '', /spawn=deny/);
    assert.equal(args.includes('-S'), false);
    assert.ok(line(minimal, { held: true }).includes('-S'));
    assert.match(values(line(domain({ rebootPolicy: 'Terminate' })), '-action')[0] ?? '', /reboot=shutdown/);
  });

  test('machine types of other distributions are understood', () => {
    const type = (name: string) => values(line(domain({ machine: { type: name } })), '-machine')[0]?.split(',')[0];
    assert.equal(type('pc-q35-rhel8.6.0'), 'q35');
    assert.equal(type('pc-i440fx-rhel7.6.0'), 'pc');
    assert.equal(type('pc-q35-7.2'), 'pc-q35-7.2');
  });

  test('the same machine always gets the same line', () => {
    assert.deepEqual(line(minimal), line(minimal));
  });
});

/** What cannot be booted, and a guest that its host has no room for: told, and mended where that can be. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { VirtualMachineInstance } from '@godwit/kinds';
import { testInstance } from '../../virtual-machine/test-support/instance.ts';
import { tinyKernel, waitFor } from './test-support/machine-host.ts';
import { MachineUnderTest, whyNoMachines } from './test-support/machine-under-test.ts';

describe('what cannot be booted', { skip: whyNoMachines() ?? false }, () => {
  let broken: MachineUnderTest;

  before(() => {
    broken = new MachineUnderTest('broken');
  });
  after(() => broken.close());

  const refused = async (spec: Partial<VirtualMachineInstance['spec']>, word: string) => {
    broken.start(spec);
    await waitFor(word, () => broken.condition('Synchronized')?.reason === word);
    assert.equal(broken.condition('Synchronized')?.status, 'False');
    await waitFor('an event', () => broken.host.events().join('\n').includes(word));
    await broken.delete();
    await broken.forget();
  };
  const { domain } = testInstance('broken', 'any').spec;

  test('an image that does not exist', () => {
    const volumes = [{ name: 'root', containerDisk: { image: 'localhost/godwit/none:latest' } }];
    return refused({ volumes }, 'ErrImagePull');
  });

  test('a disk that is corrupt', () => {
    const folder = join(broken.state, 'disks');
    const path = join(folder, 'corrupt.qcow2');
    mkdirSync(folder);
    writeFileSync(path, Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(4096, 0xee)]));
    return refused({ volumes: [{ name: 'root', hostDisk: { path, type: 'Disk' } }] }, 'CorruptDisk');
  });

  test('a disk outside the folders that may be used', () => {
    const volumes = [{ name: 'root', hostDisk: { path: '/etc/shadow', type: 'Disk' } }] as const;
    return refused({ volumes }, 'InvalidVolume');
  });

  test('more memory than the host has', () =>
    refused({ domain: { ...domain, memory: { guest: '64Ti' } } }, 'NoMemoryLeft'));

  test('hardware that is not here', () => {
    const devices = { ...domain.devices, gpus: [{ name: 'gpu', deviceName: 'example.com/gpu' }] };
    return refused({ domain: { ...domain, devices } }, 'UnsupportedHardware');
  });

  test('a processor model that nobody knows', () =>
    refused({ domain: { ...domain, cpu: { model: 'Z80' } } }, 'UnsupportedHardware'));

  test('a claim that is not bound', () => {
    const volumes = [{ name: 'root', persistentVolumeClaim: { claimName: 'none' } }];
    return refused({ volumes }, 'VolumeNotReady');
  });
});

describe('a host whose disk is full', () => {
  test('holds the guest that writes, and lets it go on when there is room again', async (t) => {
    const reason = whyNoMachines() ?? (process.getuid?.() === 0 ? undefined : 'mounting takes root');
    if (reason !== undefined) return t.skip(reason);
    const tiny = new MachineUnderTest();
    const machines = join(tiny.state, 'machines');
    mkdirSync(machines, { recursive: true });
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', machines]);
    t.after(async () => {
      await tiny.host.close();
      spawnSync('umount', ['--lazy', machines]);
      await tiny.close();
    });
    const domain = tinyKernel.domain as NonNullable<typeof tinyKernel.domain>;
    const disks = [{ name: 'data', disk: { bus: 'virtio' } }];
    tiny.start({
      domain: { ...domain, devices: { ...domain.devices, disks } },
      volumes: [{ name: 'data', emptyDisk: { capacity: '64Mi' } }],
    });
    const stream = await tiny.shell();
    await stream.type('dd if=/dev/zero of=/dev/vda bs=1M count=32 oflag=direct && echo written-$((1+1))\n');
    await waitFor('the guest to be held', () => tiny.condition('Paused')?.reason === 'PausedIOError');
    assert.match(tiny.condition('Paused')?.message ?? '', /no space/);
    spawnSync('mount', ['-o', 'remount,size=100m', machines]);
    await tiny.order('unpause');
    await stream.readUntil('written-2');
    stream.close();
    await waitFor('nobody to be told that it is held', () => tiny.condition('Paused') === undefined);
  });
});

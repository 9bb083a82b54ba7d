import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VirtualMachineInstance } from '@godwit/kinds';
import { hasBootSource } from './boot-source.ts';

type Spec = VirtualMachineInstance['spec'];

const withVolume = (source: object, disks: readonly string[] = ['d']): Spec => {
  return { domain: { devices: { disks: disks.map((name) => ({ name })) } }, volumes: [{ name: 'd', ...source }] };
};

test('kernels, disks that may hold a system, and interfaces that are told to are booted from', () => {
  assert.ok(hasBootSource({ domain: { devices: {}, firmware: { kernelBoot: { container: { image: 'k' } } } } }));
  assert.ok(hasBootSource(withVolume({ containerDisk: { image: 'k' } })));
  assert.ok(hasBootSource(withVolume({ persistentVolumeClaim: { claimName: 'c' } })));
  assert.ok(hasBootSource({ domain: { devices: { interfaces: [{ name: 'n', bootOrder: 1 }] } } }));
});

test('seeds, configuration, empty disks and volumes without a disk are not', () => {
  assert.ok(!hasBootSource({ domain: { devices: {} } }));
  assert.ok(!hasBootSource(withVolume({ cloudInitNoCloud: { userData: 'x' } })));
  assert.ok(!hasBootSource(withVolume({ emptyDisk: { capacity: '1Gi' } })));
  assert.ok(!hasBootSource(withVolume({ containerDisk: { image: 'k' } }, [])));
});

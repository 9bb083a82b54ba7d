import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceUsage } from './instance-usage.ts';
import type { VirtualMachineInstance } from './kubevirt/index.ts';

test('a virtual machine takes of a quota what it asks for and what its guest may use', () => {
  const instance: VirtualMachineInstance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm' },
    spec: { domain: { devices: {}, cpu: { cores: 2 }, memory: { guest: '512Mi' } } },
  };
  assert.deepEqual(instanceUsage(instance), {
    cpu: '200m',
    memory: '512Mi',
    'requests.cpu': '200m',
    'requests.memory': '512Mi',
    'limits.cpu': '2',
    'limits.memory': '512Mi',
  });
  assert.deepEqual(instanceUsage({ ...instance, status: { phase: 'Succeeded' } }), {});
});

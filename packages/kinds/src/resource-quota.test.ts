import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ResourceQuota, resourceQuota } from './resource-quota.ts';

function faults(spec: NonNullable<ResourceQuota['spec']>): readonly string[] {
  const item: ResourceQuota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'n' },
    spec,
  };
  return (resourceQuota.validate?.(item, {}) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

test('quotas of what is counted are taken', () => {
  const hard = {
    pods: '4',
    'requests.cpu': '1500m',
    'limits.memory': '1Gi',
    'requests.storage': '1Gi',
    'requests.nvidia.com/gpu': '2',
    'count/virtualmachines.kubevirt.io': '3',
    'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
    'services.loadbalancers': '1',
  };
  assert.deepEqual(faults({ hard }), []);
  assert.deepEqual(faults({ hard: { pods: '1', 'requests.cpu': '1' }, scopes: ['NotBestEffort', 'Terminating'] }), []);
});

test('what would bound nothing is refused', () => {
  assert.deepEqual(faults({ hard: { pod: '1' } }), [
    'spec.hard[pod]: Invalid value: "pod": must be a standard resource for quota',
  ]);
  assert.match(faults({ hard: { pods: '1500m' } })[0] ?? '', /must be an integer$/);
  assert.match(
    faults({ hard: { pods: '1' }, scopes: ['Terminating', 'NotTerminating'] })[0] ?? '',
    /conflicting scopes$/,
  );
  assert.match(faults({ hard: { pods: '1' }, scopes: ['Best'] })[0] ?? '', /unsupported scope; supported: BestEffort/);
  for (const [scope, resource] of [
    ['Terminating', 'services'],
    ['BestEffort', 'requests.cpu'],
  ] as const) {
    assert.deepEqual(faults({ hard: { [resource]: '1' }, scopes: [scope] }), [
      `spec.hard[${resource}]: Invalid value: "${resource}": unsupported scope applied to resource`,
    ]);
  }
});

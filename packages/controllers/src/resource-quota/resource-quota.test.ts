import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ResourceQuota } from '@godwit/kinds';
import { quotaStatus } from './count-usage.ts';

const quota: ResourceQuota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'n' },
  spec: { hard: { pods: '4', 'requests.memory': '1Gi', 'count/secrets': '2', services: '1' } },
};

function podOf(memory: string, phase: 'Running' | 'Succeeded'): Pod {
  const container = { name: 'c', resources: { requests: { memory } } };
  return { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [container] }, status: { phase } };
}

test('everything that is limited is counted, and nothing else is told', () => {
  const pods = [podOf('128Mi', 'Running'), podOf('256Mi', 'Running'), podOf('1Gi', 'Succeeded')];
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: {} };
  const status = quotaStatus(quota, [
    { kind: { group: '', plural: 'pods' }, objects: pods },
    { kind: { group: '', plural: 'secrets' }, objects: [secret] },
  ]);
  assert.deepEqual(status.used, { pods: '2', 'requests.memory': '384Mi', 'count/secrets': '1', services: '0' });
  assert.deepEqual(status.hard, quota.spec?.hard);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LimitRange } from '../limit-range.ts';
import type { Draft } from '../machinery/index.ts';
import type { Pod } from '../pod/index.ts';
import type { ResourceQuota } from '../resource-quota.ts';
import { chargeQuota, unspokenOf } from './charge-quota.ts';
import { applyLimitRanges, limitRangeFaults } from './limit-range-rules.ts';
import { isInQuota } from './quota-scope.ts';
import { addUsage, usageOf } from './usage-of.ts';

const pods = { group: '', plural: 'pods' };

function podOf(resources: Pod['spec']['containers'][number]['resources'] = {}): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', resources }] } };
}

function quotaOf(hard: Record<string, string>, used: Record<string, string> = {}): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard }, status: { hard, used } };
}

test('a pod counts by number, requests and limits; a finished one only by its name', () => {
  const pod = podOf({ requests: { cpu: '500m' }, limits: { cpu: '1', memory: '1Gi' } });
  assert.deepEqual(usageOf(pods, pod), {
    cpu: '500m',
    memory: '1Gi',
    'requests.cpu': '500m',
    'requests.memory': '1Gi',
    'limits.cpu': '1',
    'limits.memory': '1Gi',
    'count/pods': '1',
    pods: '1',
  });
  assert.deepEqual(usageOf(pods, { ...pod, status: { phase: 'Succeeded' } } as Pod), { 'count/pods': '1' });
});

test('a virtual machine counts as the machine that it is', () => {
  const instance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm' },
    spec: { domain: { devices: {}, cpu: { cores: 2 }, memory: { guest: '512Mi' } } },
  };
  const usage = usageOf({ group: 'kubevirt.io', plural: 'virtualmachineinstances' }, instance);
  assert.equal(usage['requests.cpu'], '200m');
  assert.equal(usage['requests.memory'], '512Mi');
  assert.equal(usage['limits.cpu'], '2');
  assert.equal(usage['limits.memory'], '512Mi');
  assert.equal(usage['count/virtualmachineinstances.kubevirt.io'], '1');
});

test('what fits is charged, what exceeds is refused with numbers, what shrinks always may', () => {
  const one = usageOf(pods, podOf({ requests: { cpu: '600m' } }));
  const quota = quotaOf({ pods: '2', 'requests.cpu': '1' }, { pods: '1', 'requests.cpu': '300m' });
  assert.deepEqual(chargeQuota(quota, {}, one), { type: 'fits', used: { pods: '2', 'requests.cpu': '900m' } });
  const full = quotaOf({ pods: '2', 'requests.cpu': '1' }, { pods: '1', 'requests.cpu': '500m' });
  assert.deepEqual(chargeQuota(full, {}, one), {
    type: 'exceeded',
    message: 'exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1',
  });
  const over = quotaOf({ pods: '1' }, { pods: '5' });
  assert.deepEqual(chargeQuota(over, one, {}), { type: 'fits', used: { pods: '4' } });
  assert.deepEqual(chargeQuota(quotaOf({ services: '1' }), {}, one), { type: 'untouched' });
});

test('a machine must speak of what is limited', () => {
  assert.deepEqual(unspokenOf(quotaOf({ 'limits.memory': '1Gi', pods: '3' }), usageOf(pods, podOf())), [
    'limits.memory',
  ]);
});

test('scopes choose pods', () => {
  const quota = quotaOf({ pods: '1' });
  const scoped = { ...quota, spec: { ...quota.spec, scopes: ['BestEffort'] } };
  assert.equal(isInQuota(scoped, pods, podOf()), true);
  assert.equal(isInQuota(scoped, pods, podOf({ requests: { cpu: '1' } })), false);
  assert.equal(isInQuota(scoped, { group: '', plural: 'secrets' }, podOf()), false);
});

test('usage adds up', () => {
  assert.deepEqual(addUsage({ pods: '1', memory: '1Gi' }, { pods: '1', cpu: '1' }), {
    pods: '2',
    memory: '1Gi',
    cpu: '1',
  });
});

test('a limit range fills in what is missing and refuses what is out of bounds', () => {
  const range: LimitRange = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l' },
    spec: {
      limits: [
        {
          type: 'Container',
          max: { cpu: '2' },
          min: { cpu: '100m' },
          default: { cpu: '500m' },
          defaultRequest: { cpu: '200m' },
        },
      ],
    },
  };
  const bare = podOf() as Draft<Pod>;
  applyLimitRanges(bare, [range]);
  assert.deepEqual(bare.spec.containers[0]?.resources, { limits: { cpu: '500m' }, requests: { cpu: '200m' } });
  const limited = podOf({ limits: { cpu: '1' } }) as Draft<Pod>;
  applyLimitRanges(limited, [range]);
  assert.deepEqual(limited.spec.containers[0]?.resources, { limits: { cpu: '1' }, requests: { cpu: '1' } });
  assert.deepEqual(limitRangeFaults(bare as Pod, [range]), []);
  assert.deepEqual(limitRangeFaults(podOf({ limits: { cpu: '3' }, requests: { cpu: '10m' } }), [range]), [
    'minimum cpu usage per Container is 100m, but request is 10m',
    'maximum cpu usage per Container is 2, but limit is 3',
  ]);
});

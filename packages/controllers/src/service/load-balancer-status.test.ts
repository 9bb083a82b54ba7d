import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Service } from '@godwit/kinds';
import { LOAD_BALANCER_READY, loadBalancerStatus } from './load-balancer-status.ts';

const now = '2026-01-01T00:00:00Z';

function service(spec: Partial<Service['spec']>, status?: Service['status']): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', clusterIP: '10.80.128.5', ...spec },
    ...(status && { status }),
  };
}

describe('load balancer status', () => {
  test('an address is published once a host serves it, not before', () => {
    const waiting = loadBalancerStatus(service({}), { addresses: ['10.80.192.1'], served: new Set(), now });
    assert.deepEqual(waiting.loadBalancer, {});
    assert.equal(waiting.conditions?.[0]?.reason, 'NotServed');
    const served = loadBalancerStatus(service({}, waiting), {
      addresses: ['10.80.192.1'],
      served: new Set(['10.80.192.1']),
      now: '2026-01-01T00:00:09Z',
    });
    assert.deepEqual(served.loadBalancer, { ingress: [{ ip: '10.80.192.1', ipMode: 'VIP' }] });
    assert.equal(served.conditions?.[0]?.status, 'True');
    assert.equal(served.conditions?.[0]?.lastTransitionTime, '2026-01-01T00:00:09Z');
  });

  test('where no host tells what it serves, the address counts', () => {
    const status = loadBalancerStatus(service({}), { addresses: ['10.80.192.1'], served: undefined, now });
    assert.equal(status.loadBalancer?.ingress?.[0]?.ip, '10.80.192.1');
  });

  test('no address yet is said so', () => {
    const status = loadBalancerStatus(service({}), { addresses: [], served: new Set(), now });
    assert.equal(status.conditions?.[0]?.reason, 'NoAddress');
  });

  test('a second look changes nothing', () => {
    const facts = { addresses: ['10.80.192.1'], served: new Set(['10.80.192.1']), now };
    const first = loadBalancerStatus(service({}), facts);
    assert.deepEqual(loadBalancerStatus(service({}, first), { ...facts, now: '2027-01-01T00:00:00Z' }), first);
  });

  test('another type clears it and leaves the conditions of others', () => {
    const other = { type: 'Mine', status: 'True' as const, reason: 'R', message: '', lastTransitionTime: now };
    const facts = { addresses: ['10.80.192.1'], served: undefined, now };
    const first = loadBalancerStatus(service({}, { conditions: [other] }), facts);
    assert.deepEqual(
      first.conditions?.map(({ type }) => type),
      ['Mine', LOAD_BALANCER_READY],
    );
    const cleared = loadBalancerStatus(service({ type: 'ClusterIP' }, first), facts);
    assert.deepEqual(cleared, { loadBalancer: {}, conditions: [other] });
  });

  test('a service of another load balancer class is left alone', () => {
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } };
    const theirs = service({ loadBalancerClass: 'example.com/theirs' }, status);
    assert.equal(loadBalancerStatus(theirs, { addresses: ['10.80.192.1'], served: undefined, now }), status);
  });
});

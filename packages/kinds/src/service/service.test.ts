import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../machinery/index.ts';
import { type Service, service } from './index.ts';

function serviceOf(spec: Service['spec'], uid?: string): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', ...(uid && { uid }) }, spec };
}

function defaulted(item: Service): Service {
  const draft = structuredClone(item) as Draft<Service>;
  service.defaults?.(draft);
  return draft as Service;
}

function faults(spec: Service['spec'], old?: Service['spec'], name = 'web'): readonly string[] {
  const item = defaulted({ ...serviceOf(spec, old && 'u'), metadata: { name } });
  const context = old ? { old: defaulted(serviceOf(old, 'u')) } : {};
  return (service.validate?.(item, context) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

test('a bare service gets what the Kubernetes reference documents', () => {
  const { spec, status } = defaulted(serviceOf({ ports: [{ port: 80 }] }));
  assert.deepEqual(spec, {
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  });
  assert.deepEqual(status, { loadBalancer: {} });
  const balanced = defaulted(serviceOf({ type: 'LoadBalancer', ports: [{ port: 80, targetPort: 'http' }] })).spec;
  assert.equal(balanced.externalTrafficPolicy, 'Cluster');
  assert.equal(balanced.allocateLoadBalancerNodePorts, true);
  const sticky = defaulted(serviceOf({ sessionAffinity: 'ClientIP', ports: [{ port: 80 }] })).spec;
  assert.equal(sticky.sessionAffinityConfig?.clientIP?.timeoutSeconds, 10_800);
});

test('what belongs to another type goes when the type changes', () => {
  const was = defaulted(serviceOf({ type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30_080 }] }));
  const { spec } = defaulted({
    ...was,
    metadata: { ...was.metadata, uid: 'u' },
    spec: { ...was.spec, type: 'ClusterIP' },
  });
  assert.equal(spec.externalTrafficPolicy, undefined);
  assert.equal(spec.allocateLoadBalancerNodePorts, undefined);
  assert.equal(spec.ports?.[0]?.nodePort, undefined);
});

test('faults are told with their place', () => {
  assert.deepEqual(faults({ ports: [{ port: 80 }] }), []);
  assert.deepEqual(faults({ clusterIP: 'None' }), []);
  assert.deepEqual(faults({ type: 'ExternalName', externalName: 'example.com' }), []);
  assert.deepEqual(faults({}), ['spec.ports: Required value']);
  assert.deepEqual(faults({ ports: [{ port: 80 }, { port: 81 }] }), [
    'spec.ports[0].name: Required value',
    'spec.ports[1].name: Required value',
  ]);
  assert.deepEqual(
    faults({
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    }),
    ['spec.ports[1]: Duplicate value: "80/TCP"'],
  );
  assert.deepEqual(faults({ ports: [{ port: 99_999, targetPort: 80 }] }), [
    'spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive',
  ]);
  assert.deepEqual(faults({ ports: [{ port: 80, nodePort: 30_000 }] }), [
    "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
  ]);
  assert.match(
    faults({ ports: [{ port: 80 }] }, undefined, '1web')[0] ?? '',
    /^metadata.name: Invalid value: "1web": must be a DNS-1035/,
  );
  assert.deepEqual(faults({ type: 'ExternalName' }), ['spec.externalName: Required value']);
});

test('an address that was given stays', () => {
  const ports = [{ port: 80 }];
  assert.deepEqual(faults({ ports, clusterIP: '10.0.0.2' }, { ports, clusterIP: '10.0.0.1' }), [
    'spec.clusterIPs[0]: Invalid value: "10.0.0.2": may not change once set',
  ]);
});

test('columns show how a service is reached', () => {
  const cells = (item: Service) => service.columns.slice(0, 4).map((column) => column.value(item, 0));
  const pending = defaulted(
    serviceOf({ type: 'LoadBalancer', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30_080 }] }),
  );
  assert.deepEqual(cells(pending), ['LoadBalancer', '10.0.0.1', '<pending>', '80:30080/TCP']);
  const served = { ...pending, status: { loadBalancer: { ingress: [{ ip: '10.0.9.1' }] } } };
  assert.deepEqual(cells(served), ['LoadBalancer', '10.0.0.1', '10.0.9.1', '80:30080/TCP']);
  assert.deepEqual(cells(defaulted(serviceOf({ clusterIP: 'None' }))), ['ClusterIP', 'None', '<none>', '<none>']);
});

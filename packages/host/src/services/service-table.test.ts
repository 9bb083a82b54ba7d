import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointSlice, IPAddress, Service } from '@godwit/kinds';
import { heldAddresses, ServiceTableMaker, servedAddresses, sleepingServices } from './service-table.ts';

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.80.128.5',
    clusterIPs: ['10.80.128.5'],
    ports: [{ port: 80, protocol: 'TCP', nodePort: 30_080 }],
  },
};

function slice(endpoints: EndpointSlice['endpoints'], name = 'web-1'): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ port: 8080, protocol: 'TCP', name: '' }],
  };
}

function address(ip: string, name = 'web'): IPAddress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: ip },
    spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name } },
  };
}

describe('service table', () => {
  test('ready endpoints serve, terminating ones drain, others are left out', () => {
    const endpointSlices = [
      slice([
        { addresses: ['10.80.0.1'], conditions: { ready: true } },
        { addresses: ['10.80.0.2'], conditions: { ready: false, serving: true, terminating: true } },
        { addresses: ['10.80.0.3'], conditions: { ready: false } },
        { addresses: ['10.80.0.4'] },
      ]),
    ];
    const addresses = [address('10.80.128.5'), address('10.80.192.1'), address('10.80.192.2', 'other')];
    const made = new ServiceTableMaker().make({ services: [service], endpointSlices, addresses });
    assert.deepEqual(made.services, [
      {
        namespace: 'default',
        name: 'web',
        uid: 'u1',
        clusterIps: ['10.80.128.5'],
        externalIps: ['10.80.192.1'],
        headless: false,
        ports: [
          {
            name: '',
            protocol: 'TCP',
            port: 80,
            nodePort: 30_080,
            endpoints: [
              { address: '10.80.0.1', port: 8080, state: 'ready' },
              { address: '10.80.0.2', port: 8080, state: 'draining' },
              { address: '10.80.0.4', port: 8080, state: 'ready' },
            ],
          },
        ],
      },
    ]);
    assert.deepEqual(servedAddresses(made), ['10.80.192.1']);
  });

  test('a service that wakes sleeps while nobody serves it, and says so again when that changes', () => {
    const maker = new ServiceTableMaker();
    const addresses = [address('10.80.128.5'), address('10.80.192.1')];
    const made = (ready: boolean, waking: readonly string[]) =>
      maker.make({
        services: [service],
        endpointSlices: ready ? [readySlice] : [],
        addresses,
        waking: new Set(waking),
      });
    const asleep = (ready: boolean, waking: readonly string[]) => sleepingServices(made(ready, waking));
    const readySlice = slice([{ addresses: ['10.80.0.1'], conditions: { ready: true } }]);
    assert.deepEqual(asleep(false, ['default/web']), ['default/web']);
    assert.deepEqual(asleep(true, ['default/web']), []);
    assert.deepEqual(asleep(false, []), []);
    assert.deepEqual(heldAddresses(made(true, ['default/web'])), ['10.80.128.5']);
    assert.deepEqual(heldAddresses(made(true, [])), []);
    assert.deepEqual(asleep(false, ['default/web']), ['default/web']);
  });

  test('an endpoint in two slices counts once, and ready wins', () => {
    const draining = slice([{ addresses: ['10.80.0.1'], conditions: { ready: false, terminating: true } }], 'web-1');
    const ready = slice([{ addresses: ['10.80.0.1'], conditions: { ready: true } }], 'web-2');
    const made = new ServiceTableMaker().make({
      services: [service],
      endpointSlices: [draining, ready],
      addresses: [],
    });
    assert.deepEqual(made.services[0]?.ports[0]?.endpoints, [{ address: '10.80.0.1', port: 8080, state: 'ready' }]);
  });

  test('an entry stays the same object until something it depends on changes', () => {
    const maker = new ServiceTableMaker();
    const one = slice([{ addresses: ['10.80.0.1'] }]);
    const sources = { services: [service], endpointSlices: [one], addresses: [address('10.80.192.1')] };
    const first = maker.make(sources).services[0];
    assert.equal(maker.make(sources).services[0], first);
    assert.notEqual(maker.make({ ...sources, endpointSlices: [slice([])] }).services[0], first);
    assert.notEqual(maker.make({ ...sources, addresses: [] }).services[0], first);
  });

  test('headless services name their endpoints, external names and services without address are left out', () => {
    const { clusterIPs: _, ...spec } = service.spec;
    const headless: Service = { ...service, spec: { ...spec, type: 'ClusterIP', clusterIP: 'None', ports: [] } };
    const external: Service = {
      ...service,
      metadata: { name: 'x' },
      spec: { type: 'ExternalName', externalName: 'x.org' },
    };
    const young: Service = { ...service, metadata: { name: 'y' }, spec: { type: 'ClusterIP', ports: [{ port: 80 }] } };
    const endpointSlices = [slice([{ addresses: ['10.80.0.1'], hostname: 'peer-0' }])];
    const made = new ServiceTableMaker().make({ services: [headless, external, young], endpointSlices, addresses: [] });
    assert.equal(made.services.length, 1);
    assert.equal(made.services[0]?.headless, true);
    assert.equal(made.services[0]?.ports[0]?.endpoints[0]?.hostname, 'peer-0');
  });
});

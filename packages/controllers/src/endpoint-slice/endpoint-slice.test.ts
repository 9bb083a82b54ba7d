import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Pod, Service, Stored, VirtualMachineInstance } from '@godwit/kinds';
import fc from 'fast-check';
import { backendOfInstance, backendOfPod } from './backend.ts';
import { type EndpointGroup, endpointGroups, portsKey } from './endpoint-groups.ts';
import { subsetsOf } from './endpoints-of.ts';
import { planSlices, SLICE_LIMIT } from './plan-slices.ts';

const CREATED = '2026-01-01T00:00:00Z';

function serviceOf(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'n', uid: 's' },
    spec: {
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      ...spec,
    },
  };
}

interface Facts {
  readonly ip?: string;
  readonly ready?: boolean;
  readonly deleting?: boolean;
  readonly port?: number;
  readonly phase?: 'Running' | 'Succeeded';
}

function podOf(name: string, { ip, ready = true, deleting = false, port = 8080, phase = 'Running' }: Facts): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n', uid: name, ...(deleting && { deletionTimestamp: CREATED }) },
    spec: {
      nodeName: 'h',
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }] }],
    },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    },
  };
}

function instanceOf(name: string, ip: string, ready: boolean): VirtualMachineInstance {
  const annotation = JSON.stringify([{ network: 'default', ip }]);
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace: 'n', uid: name, annotations: { 'network.godwit.dev/addresses': annotation } },
    spec: {
      domain: { devices: { interfaces: [{ name: 'default', ports: [{ name: 'http', port: 80 }] }] } },
    },
    status: { phase: 'Running', nodeName: 'h', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const backends = (pods: readonly Pod[], instances: readonly VirtualMachineInstance[] = []) =>
  [...pods.map(backendOfPod), ...instances.map(backendOfInstance)].filter((one) => one !== undefined);

const summary = (groups: readonly EndpointGroup[]) =>
  groups.map(({ ports, endpoints }) => [
    ports.map(({ port }) => port).join(),
    ...endpoints.map(({ addresses, conditions }) => {
      const words = (['ready', 'serving', 'terminating'] as const).filter((word) => conditions?.[word]);
      return `${addresses.join()} ${words.join(' ')}`;
    }),
  ]);

test('pods and virtual machines answer for one service, each on its own number behind the name', () => {
  const groups = endpointGroups(
    serviceOf(),
    backends(
      [podOf('a', { ip: '10.0.0.1' }), podOf('b', { ip: '10.0.0.2', ready: false })],
      [instanceOf('vm', '10.0.0.3', true)],
    ),
  );
  assert.deepEqual(summary(groups), [
    ['80', '10.0.0.3 ready serving'],
    ['8080', '10.0.0.1 ready serving', '10.0.0.2 '],
  ]);
  assert.deepEqual(groups[0]?.endpoints[0]?.targetRef, {
    kind: 'VirtualMachineInstance',
    namespace: 'n',
    name: 'vm',
    uid: 'vm',
  });
});

test('machines that leave take no new connections, and are still named', () => {
  const groups = endpointGroups(serviceOf(), backends([podOf('a', { ip: '10.0.0.1', deleting: true })]));
  assert.deepEqual(summary(groups), [['8080', '10.0.0.1 serving terminating']]);
  assert.deepEqual(subsetsOf(groups), []);
});

test('machines without an address and finished ones are left out', () => {
  const pods = [podOf('a', {}), podOf('b', { ip: '10.0.0.1', phase: 'Succeeded' })];
  assert.deepEqual(endpointGroups(serviceOf(), backends(pods)), []);
});

test('a service may publish what is not ready', () => {
  const service = serviceOf({ publishNotReadyAddresses: true });
  const groups = endpointGroups(service, backends([podOf('a', { ip: '10.0.0.1', ready: false })]));
  assert.deepEqual(summary(groups), [['8080', '10.0.0.1 ready serving']]);
});

test('a port name that nobody has leads nowhere; a headless service without ports still names its machines', () => {
  const pods = backends([podOf('a', { ip: '10.0.0.1' })]);
  assert.deepEqual(endpointGroups(serviceOf({ ports: [{ port: 80, targetPort: 'nothing' }] }), pods), []);
  assert.deepEqual(summary(endpointGroups(serviceOf({ ports: [], clusterIP: 'None' }), pods)), [
    ['', '10.0.0.1 ready serving'],
  ]);
});

test('the older form keeps ready and unready apart', () => {
  const pods = [podOf('a', { ip: '10.0.0.1' }), podOf('b', { ip: '10.0.0.2', ready: false })];
  const [subset] = subsetsOf(endpointGroups(serviceOf(), backends(pods)));
  assert.deepEqual(
    subset?.addresses?.map(({ ip }) => ip),
    ['10.0.0.1'],
  );
  assert.deepEqual(
    subset?.notReadyAddresses?.map(({ ip }) => ip),
    ['10.0.0.2'],
  );
  assert.deepEqual(subset?.ports, [{ name: 'http', port: 8080, protocol: 'TCP' }]);
});

let made = 0;
function stored(content: Pick<EndpointSlice, 'endpoints' | 'ports'>): Stored<EndpointSlice> {
  made++;
  const metadata = {
    name: `web-${made}`,
    namespace: 'n',
    uid: `u${made}`,
    resourceVersion: '1',
    creationTimestamp: CREATED,
  };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', ...content };
}

/** The slices after a plan has been carried out. */
function applied(groups: readonly EndpointGroup[], existing: readonly Stored<EndpointSlice>[]) {
  const plan = planSlices(groups, existing);
  const changed = new Map(plan.update.map(({ slice, content }) => [slice, content]));
  const kept = existing.filter((slice) => !plan.remove.includes(slice));
  return { plan, slices: [...kept.map((slice) => ({ ...slice, ...changed.get(slice) })), ...plan.create.map(stored)] };
}

function groupOf(port: number, numbers: readonly number[]): EndpointGroup {
  const endpoints = numbers.map((number) => ({
    addresses: [`10.0.${number >> 8}.${number & 255}`],
    conditions: { ready: true },
    targetRef: { uid: `m${number}` },
  }));
  return { ports: [{ name: 'http', port, protocol: 'TCP' as const }], endpoints };
}

test('a service that nobody answers for keeps one empty slice', () => {
  const first = applied([], []);
  assert.equal(first.slices.length, 1);
  assert.deepEqual(applied([], first.slices).plan, { create: [], update: [], remove: [] });
});

test('one machine more changes one slice', () => {
  const numbers = Array.from({ length: 250 }, (_, index) => index);
  const before = applied([groupOf(80, numbers)], []).slices;
  assert.equal(before.length, 3);
  const { plan } = applied([groupOf(80, [...numbers, 999])], before);
  assert.deepEqual([plan.create.length, plan.update.length, plan.remove.length], [0, 1, 0]);
});

test('whatever was there, the slices end up with exactly the endpoints asked for, and then rest', () => {
  const numbers = fc.uniqueArray(fc.nat(400), { maxLength: 230 });
  const groups = fc
    .tuple(numbers, numbers)
    .map(([a, b]) => [groupOf(80, a), groupOf(81, b)].filter((g) => g.endpoints.length > 0));
  fc.assert(
    fc.property(groups, groups, (first, second) => {
      const before = applied(first, []).slices;
      const { slices } = applied(second, before);
      for (const group of second) {
        const found = slices.filter((slice) => portsKey(slice.ports) === portsKey(group.ports));
        const addresses = found.flatMap((slice) => slice.endpoints.flatMap((endpoint) => endpoint.addresses));
        assert.deepEqual(addresses.sort(), group.endpoints.flatMap((endpoint) => endpoint.addresses).sort());
      }
      const total = slices.reduce((sum, slice) => sum + slice.endpoints.length, 0);
      assert.equal(
        total,
        second.reduce((sum, group) => sum + group.endpoints.length, 0),
      );
      assert.ok(slices.every((slice) => slice.endpoints.length <= SLICE_LIMIT));
      assert.deepEqual(applied(second, slices).plan, { create: [], update: [], remove: [] });
    }),
    { numRuns: 50 },
  );
});

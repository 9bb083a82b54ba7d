import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, VirtualMachineInstance } from '@godwit/kinds';
import { HostAllocations } from './allocation/index.ts';
import { fits } from './fits.ts';
import { type Policy, spreadPolicy } from './policy.ts';
import { requestOfMachine } from './request/request-of-machine.ts';

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'host-1' },
  status: { allocatable: { cpu: '2', memory: '4Gi', pods: '3' } },
};
const pod = (uid: string, memory: string, hostPort?: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  spec: {
    containers: [
      { name: 'c', resources: { requests: { memory } }, ...(hostPort && { ports: [{ containerPort: 80, hostPort }] }) },
    ],
  },
});

interface Question {
  readonly node: KubeObject;
  readonly bound: readonly KubeObject[];
  readonly machine: KubeObject;
  readonly policy?: Policy;
}

/** As binding is told of the machines that are there already, and asks. */
function fitsOnNode({ node: host, bound, machine, policy = spreadPolicy }: Question): readonly string[] {
  const allocations = new HostAllocations(() => policy);
  for (const object of bound) allocations.note(host.metadata.name ?? '', object.metadata.uid ?? '', { object });
  return allocations.refusals(host, machine);
}

test('what is asked for on top of what is given out must not exceed what is there', () => {
  assert.deepEqual(fits({ cpu: 500 }, { cpu: 1000 }, { cpu: 500 }), []);
  assert.deepEqual(fits({ cpu: 500 }, { cpu: 1000 }, { cpu: 501 }), [{ resource: 'cpu', needed: 501, free: 500 }]);
  assert.deepEqual(fits({}, {}, { 'example.com/gpu': 1 }), [{ resource: 'example.com/gpu', needed: 1, free: 0 }]);
  assert.deepEqual(fits({ cpu: 2000 }, { cpu: 1000 }, { cpu: 0 }), []);
});

test('binding is refused in words that say how much is missing', () => {
  const bound = [pod('a', '1.5Gi'), pod('b', '400Mi', 8080)];
  assert.deepEqual(fitsOnNode({ node, bound, machine: pod('new', '2Gi') }), []);
  assert.deepEqual(fitsOnNode({ node, bound, machine: pod('new', '4Gi') }), [
    'Insufficient memory (needs 4 GiB, has 2.1 GiB free)',
  ]);
  assert.deepEqual(fitsOnNode({ node, bound, machine: pod('new', '1Gi', 8080) }), [
    'node(s) where host port 8080/TCP is taken',
  ]);
  assert.deepEqual(fitsOnNode({ node, bound: [...bound, pod('c', '1Mi')], machine: pod('new', '1Mi') }), [
    'Too many pods (needs 1, has 0 free)',
  ]);
});

test('a machine does not stand in its own way, and ended ones in nobody’s', () => {
  const ended = { ...pod('old', '4Gi'), status: { phase: 'Succeeded' } };
  assert.deepEqual(fitsOnNode({ node, bound: [pod('new', '4Gi'), ended], machine: pod('new', '4Gi') }), []);
});

test('a VirtualMachineInstance asks for its guest memory and what the emulator takes', () => {
  const machine = (guest: string) => ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm', uid: 'vm' },
    spec: { domain: { cpu: { sockets: 2, cores: 1, threads: 1 }, memory: { guest }, devices: {} } },
  });
  assert.deepEqual(fitsOnNode({ node, bound: [], machine: machine('3Gi') }), []);
  const [reason] = fitsOnNode({ node, bound: [], machine: machine('4Gi') });
  assert.match(reason ?? '', /^Insufficient memory \(needs 4\.1 GiB, has 4 GiB free\)$/);
});

test('a guest that is to have less holds its room until it has given it', () => {
  const guest = (asked: { sockets: number; memory: string }, has?: { sockets: number; memory: string }) => ({
    apiVersion: 'kubevirt.io/v1' as const,
    kind: 'VirtualMachineInstance' as const,
    metadata: { name: 'vm', uid: 'vm' },
    spec: {
      domain: { cpu: { sockets: asked.sockets }, memory: { guest: asked.memory }, devices: {} },
    },
    ...(has && {
      status: {
        currentCPUTopology: { sockets: has.sockets },
        memory: { guestAtBoot: '2Gi', guestRequested: asked.memory, guestCurrent: has.memory },
      },
    }),
  });
  const small = { sockets: 1, memory: '1Gi' };
  const large = { sockets: 4, memory: '2Gi' };
  const amounts = (...sizes: Parameters<typeof guest>) => requestOfMachine(guest(...sizes)).amounts;
  assert.deepEqual(amounts(small, large), amounts(large));
  assert.deepEqual(amounts(small, small), amounts(small), 'it gave it');
  assert.deepEqual(amounts(large, small), amounts(large), 'it is about to get it');
  const between = amounts(small, { sockets: 4, memory: '1536Mi' });
  assert.ok(
    (between.memory ?? 0) > (amounts(small).memory ?? 0) && (between.memory ?? 0) < (amounts(large).memory ?? 0),
  );
});

test('a guest that shows more memory than it requests is overcommitted by as much at any size', () => {
  const amounts = (guest: string, current?: string) =>
    requestOfMachine({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: { name: 'vm', uid: 'vm' },
      spec: {
        domain: {
          memory: { guest },
          devices: {},
          resources: { requests: { memory: '512Mi' }, overcommitGuestOverhead: true },
        },
      },
      ...(current !== undefined && { status: { memory: { guestAtBoot: '1Gi', guestCurrent: current } } }),
    } as VirtualMachineInstance).amounts.memory;
  const mib = (count: number) => count * 1024 ** 2;
  assert.equal(amounts('1Gi'), mib(512));
  assert.equal(amounts('2Gi', '1Gi'), mib(1024));
  assert.equal(amounts('512Mi', '1Gi'), mib(512));
  assert.equal(amounts('512Mi', '512Mi'), mib(256));
});

test('a GPU that somebody else was given is not given again, and parts do not add up', () => {
  const gpuNode = { ...node, status: { allocatable: { ...node.status.allocatable, 'nvidia.com/gpu': '2' } } };
  const part = (uid: string, share: number, gpus?: readonly number[]) => {
    const { metadata, spec, ...rest } = pod(uid, '1Mi');
    const decision = JSON.stringify({ v: 1, policy: 'spread', host: 'host-1', score: 1, of: 1, gpus });
    const annotations = gpus ? { 'godwit.dev/decision': decision } : {};
    const containers = [{ name: 'c', resources: { limits: { 'godwit.dev/gpu-share': String(share) } } }];
    return { ...rest, metadata: { ...metadata, annotations }, spec: { ...spec, containers } };
  };
  const bound = [part('a', 700, [0]), part('b', 600, [1])];
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 300, [0]) }), []);
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 400, [0]) }), [
    'node(s) where GPU 0 is taken',
  ]);
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 400) }), []);
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 500) }), [
    'Insufficient godwit.dev/gpu-share of one GPU (needs 500, has 400 free)',
  ]);
});

test('a policy that gives processors out four times lets four times as much be bound', () => {
  const policy = { ...spreadPolicy, overcommit: { cpu: 4 } };
  const busy = (uid: string) => {
    const { spec, ...rest } = pod(uid, '1Mi');
    return { ...rest, spec: { ...spec, containers: [{ name: 'c', resources: { requests: { cpu: '7' } } }] } };
  };
  assert.deepEqual(fitsOnNode({ node, bound: [], machine: busy('a') }), [
    'Insufficient cpu (needs 7 cores, has 2 cores free)',
  ]);
  assert.deepEqual(fitsOnNode({ node, bound: [], machine: busy('a'), policy }), []);
  assert.equal(fitsOnNode({ node, bound: [busy('a')], machine: busy('b'), policy }).length, 1);
});

test('cores that a machine has to itself are given once, whatever the policy gives out, and come from one NUMA node', () => {
  const big = {
    ...node,
    metadata: { name: 'host-1', annotations: { 'godwit.dev/numa-cores': '2,2' } },
    status: { allocatable: { cpu: '4', memory: '4Gi', pods: '9' } },
  };
  const machine = (uid: string, cores: number, passthrough = false) => ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: uid, uid },
    spec: {
      domain: {
        cpu: { cores, dedicatedCpuPlacement: true, ...(passthrough && { numa: { guestMappingPassthrough: {} } }) },
        memory: { guest: '64Mi' },
        devices: {},
      },
    },
  });
  const policy = { ...spreadPolicy, overcommit: { cpu: 4 } };
  const ask = (bound: readonly ReturnType<typeof machine>[], one: ReturnType<typeof machine>) =>
    fitsOnNode({ node: big, bound, machine: one, policy });
  assert.deepEqual(ask([machine('a', 2)], machine('b', 2)), []);
  assert.deepEqual(ask([machine('a', 2), machine('c', 1)], machine('b', 2)), [
    'Insufficient whole cores (needs 2, has 1 free)',
  ]);
  assert.deepEqual(ask([machine('a', 1), machine('c', 1, true)], machine('b', 2, true)), []);
  assert.deepEqual(ask([machine('a', 2)], machine('b', 3, true)), [
    'Insufficient whole cores of one NUMA node (needs 3, has 2 free)',
  ]);
});

test('tenants that may not share a host do not, and hosts of one are nobody else’s, whoever decided before', () => {
  const of = (tenant: string) => {
    const machine = pod(tenant, '1Mi');
    return { ...machine, metadata: { ...machine.metadata, namespace: 'default', labels: { tenant } } };
  };
  const isolation = {
    tenantLabel: 'tenant',
    apart: [['coke', 'pepsi']],
    dedicated: [{ tenant: 'bank', nodeSelector: { for: 'bank' } }],
  };
  const policy = { ...spreadPolicy, isolation };
  const ask = (bound: readonly ReturnType<typeof of>[], machine: ReturnType<typeof of>, labels = {}) =>
    fitsOnNode({ node: { ...node, metadata: { ...node.metadata, labels } }, bound, machine, policy });
  assert.deepEqual(ask([of('fanta')], of('pepsi')), []);
  assert.deepEqual(ask([of('coke')], of('pepsi')), ['node(s) were those of other tenants']);
  const elsewhere = ['node(s) were those of other tenants'];
  assert.deepEqual(ask([], of('coke'), { for: 'bank' }), elsewhere);
  assert.deepEqual(ask([], of('bank')), elsewhere);
  assert.deepEqual(ask([], of('bank'), { for: 'bank' }), []);
});

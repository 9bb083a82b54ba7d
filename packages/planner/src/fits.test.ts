import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, fitsOnNode } from './fits.ts';
import { spreadPolicy } from './policy.ts';

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
  assert.deepEqual(fitsOnNode({ node, bound, machine: pod('new', '1Gi', 8080) }), ['host port 8080/TCP is taken']);
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
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 400, [0]) }), ['GPU 0 is taken']);
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 400) }), []);
  assert.deepEqual(fitsOnNode({ node: gpuNode, bound, machine: part('new', 500) }), [
    'Insufficient free GPUs (needs 1 of 500 thousandths)',
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

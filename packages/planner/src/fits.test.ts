import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, fitsOnNode } from './fits.ts';

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

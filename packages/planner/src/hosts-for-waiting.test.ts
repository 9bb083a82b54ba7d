import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import type { Node } from '@godwit/kinds';
import { HostAllocations } from './allocation/index.ts';
import { explainRefusal } from './explain/explain-refusal.ts';
import { told } from './explain/test-support/told.ts';
import { hostsForWaiting } from './hosts-for-waiting.ts';
import { place } from './place.ts';
import { energyPolicy } from './policy.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { type Host, hostOfNode } from './snapshot/host.ts';
import { exampleHost as host, exampleRequest as request, exampleSnapshot as snapshotOf } from './testing/examples.ts';

const asleep = { ready: false, asleep: true } as const;
const small = { cpu: 4000, memory: 2 ** 30, pods: 10 };

const wakes = (hosts: readonly Host[], waiting: readonly MachineRequest[], waking: readonly string[] = []) => {
  const names = hosts.filter(({ name, asleep: sleeps }) => sleeps && !waking.includes(name)).map(({ name }) => name);
  const sleepers = { waking: new Set(waking), asleep: new Set(names) };
  return hostsForWaiting(snapshotOf(hosts), sleepers, waiting, energyPolicy, new SeededRandom(1));
};

test('sleeping hosts are woken for machines that fit there and nowhere else, and no more of them than that', () => {
  const hosts = [host('on', { capacity: small }), host('b', asleep), host('c', asleep)];
  const large = { cpu: 1000, memory: 3 * 2 ** 30, pods: 1 };
  const [m, n] = [request('m', { amounts: large }), request('n', { amounts: large })];
  assert.equal(wakes(hosts, [m, n]).length, 1);
  assert.deepEqual(wakes(hosts, [request('m')]), []);
  assert.deepEqual(wakes(hosts, []), []);
  const more = Array.from({ length: 3 }, (_, index) => request(`more-${index}`, { amounts: large }));
  assert.deepEqual(wakes(hosts, [m, n], ['b']), []);
  assert.deepEqual(wakes(hosts, more, ['b']), ['c']);
});

test('what nothing would help wakes nothing', () => {
  const hosts = [host('on', { capacity: small }), host('b', asleep), host('down', { ready: false })];
  assert.deepEqual(wakes(hosts, [request('m', { amounts: { cpu: 9000 } })]), []);
  assert.deepEqual(wakes(hosts, [request('m', { nodeSelector: { room: '7' } })]), []);
});

test('a host that sleeps is given nothing, whatever is tolerated, and is said to be asleep', () => {
  const snapshot = snapshotOf([host('b', asleep)]);
  const eager = request('m', { tolerations: [{ operator: 'Exists' }] });
  assert.equal(place(snapshot, [eager], energyPolicy, new SeededRandom(1)).refusals.length, 1);
  const { message, remedies } = told(explainRefusal(snapshot, eager, energyPolicy));
  assert.match(message, /1 node\(s\) were asleep/);
  assert.deepEqual(remedies, ['wake b']);
});

test('a Node says by its taint that it sleeps, and nothing is bound there any more', () => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a' },
    spec: { taints: [{ key: 'godwit.dev/asleep', value: 'waking', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '4', pods: '9' }, conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const { ready, asleep: sleeps, taints } = hostOfNode(node);
  assert.deepEqual({ ready, sleeps, taints }, { ready: false, sleeps: true, taints: [] });
  const machine = { apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'm' }, spec: { containers: [] } };
  assert.deepEqual(new HostAllocations().refusals(node, machine), ['node(s) were asleep']);
});

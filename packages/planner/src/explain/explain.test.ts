import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import {
  explainDecision,
  explainRefusal,
  type Host,
  type MachineRequest,
  type Policy,
  place,
  Snapshot,
  spreadPolicy,
} from '../index.ts';
import { exampleHost, exampleRequest, exampleSnapshot } from '../testing/examples.ts';
import { obey } from './test-support/obey.ts';
import { told } from './test-support/told.ts';

const host = (name: string, over: Partial<Host> = {}) =>
  exampleHost(name, { labels: {}, capacity: { cpu: 4000, memory: 2254857831, pods: 10 }, ...over });
const request = (over: Partial<MachineRequest> = {}) =>
  exampleRequest('new', { amounts: { cpu: 100, memory: 4 * 2 ** 30, pods: 1 }, ...over });

function refusal(question: MachineRequest, ...hosts: Host[]) {
  return told(explainRefusal(exampleSnapshot(hosts), question));
}

test('a refusal says how much is missing and what would help', () => {
  assert.deepEqual(refusal(request(), host('host-1')), {
    message: '0/1 nodes are available: 1 Insufficient memory (needs 4 GiB, has 2.1 GiB free).',
    remedies: ['ask for 1.9 GiB less memory, or add a larger host'],
  });
});

test('every obstacle of every host counts, and hosts with one obstacle are the nearest', () => {
  const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' as const }];
  const found = refusal(
    request(),
    host('a'),
    host('b', { schedulable: false }),
    host('c', { taints, capacity: { cpu: 4000, memory: 2 ** 40, pods: 1 } }),
  );
  assert.equal(
    found.message,
    '0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 1 node(s) were unschedulable, ' +
      '2 Insufficient memory (needs 4 GiB, has at most 2.1 GiB free).',
  );
  assert.deepEqual(found.remedies, [
    'ask for 1.9 GiB less memory, or add a larger host',
    'remove the taint {dedicated: db} from c, or tolerate {dedicated: db}',
  ]);
});

test('making room helps where the host is large enough', () => {
  const snapshot = new Snapshot();
  snapshot.setHost(host('host-1', { capacity: { cpu: 4000, memory: 6 * 2 ** 30, pods: 10 } }));
  snapshot.put(request({ uid: 'other', amounts: { memory: 4 * 2 ** 30 } }), 'host-1');
  assert.deepEqual(told(explainRefusal(snapshot, request())).remedies, [
    'free 2 GiB more memory on host-1, or ask for 2 GiB less memory',
  ]);
});

test('several hosts that lack as little are named together, and who could move out of the way', () => {
  const capacity = { cpu: 4000, memory: 6 * 2 ** 30, pods: 10 };
  const snapshot = new Snapshot();
  for (const name of ['a', 'b', 'c']) {
    snapshot.setHost(host(name, { capacity }));
    snapshot.put(request({ uid: `on-${name}`, kind: 'VirtualMachineInstance', name: `on-${name}` }), name);
  }
  const remedies = () => told(explainRefusal(snapshot, request())).remedies;
  assert.deepEqual(remedies(), ['free 2 GiB more memory on any of 3 hosts (a, b, c), or ask for 2 GiB less memory']);
  snapshot.setHost(host('small', { capacity: { ...capacity, memory: 2 * 2 ** 30 } }));
  snapshot.put(request({ uid: 'y', kind: 'VirtualMachineInstance', name: 'y', amounts: { memory: 2 ** 31 } }), 'b');
  snapshot.remove('on-b');
  snapshot.put(request({ uid: 'z', name: 'z', namespace: 'other', amounts: { memory: 2 ** 30 } }), 'b');
  const before = snapshot.free('memory', 1);
  assert.deepEqual(remedies(), [
    'free 1 GiB more memory on b, or move pod/z of namespace other to small, or ask for 1 GiB less memory',
  ]);
  assert.equal(snapshot.free('memory', 1), before);
});

test('without hosts there is nothing to choose from', () => {
  assert.equal(refusal(request()).message, '0/0 nodes are available.');
});

test('a decision reads as sentences', () => {
  const decision = {
    v: 1,
    policy: 'spread',
    host: 'a',
    score: 0.87,
    of: 4,
    next: [['b', 0.8]],
    no: [
      [4, 2],
      [2, 1],
    ],
  } as const;
  assert.equal(
    explainDecision(decision),
    'a was chosen from 4 hosts with 87 of 100 points (policy spread). Next were b with 80 of 100 points. ' +
      '2 lacked free memory. 1 was cordoned.',
  );
});

test('what is said to help helps: on the hosts that it names, and by as much as it says', () => {
  const amount = fc.record({
    cpu: fc.integer({ min: 1, max: 5000 }),
    memory: fc.integer({ min: 1, max: 9 * 2 ** 30 }),
  });
  const machines = fc.array(fc.tuple(amount, fc.nat(2)), { maxLength: 12 });
  const ratios = fc.constantFrom(undefined, { cpu: 2, memory: 1.5 });
  fc.assert(
    fc.property(machines, amount, ratios, fc.nat(2), (bound, wanted, overcommit, cordoned) => {
      const policy: Policy = { ...spreadPolicy, ...(overcommit && { overcommit }) };
      const hosts = ['a', 'b', 'c'].map((name, row) => exampleHost(name, { schedulable: row !== cordoned }));
      const made = (asked: MachineRequest) => {
        const snapshot = exampleSnapshot(hosts);
        // Also more than there is: hosts may shrink.
        for (const [i, [amounts, on]] of bound.entries()) {
          snapshot.put(exampleRequest(`m${i}`, { amounts: { ...amounts, pods: 1 } }), hosts[on]?.name ?? '');
        }
        const fits = () => place(snapshot, [asked], policy, new SeededRandom(1)).placements[0]?.host;
        return { snapshot, fits };
      };
      const asked = exampleRequest('new', { amounts: { ...wanted, pods: 1 } });
      if (made(asked).fits() !== undefined) return;
      const { remedies } = told(explainRefusal(made(asked).snapshot, asked, policy));
      for (const words of remedies.flatMap((remedy) => remedy.split(', or '))) {
        const { snapshot } = made(asked);
        const scene = { snapshot, request: asked };
        if (obey(words, scene) === 0) assert.match(words, /^add a /);
        else assert.ok(place(snapshot, [scene.request], policy, new SeededRandom(1)).placements.length > 0, words);
      }
    }),
    { numRuns: 500 },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import { packPolicy, place, spreadPolicy } from './index.ts';
import { exampleHost as host, exampleRequest as request, exampleSnapshot as snapshotOf } from './testing/examples.ts';

const amounts = fc.record({ cpu: fc.integer({ min: 1, max: 3000 }), memory: fc.integer({ min: 1, max: 3000 }) });
const hosts = fc.array(
  fc.record({
    capacity: fc.record({ cpu: fc.integer({ min: 0, max: 4000 }), memory: fc.integer({ min: 0, max: 4000 }) }),
    ready: fc.boolean(),
    schedulable: fc.boolean(),
  }),
  { maxLength: 40 },
);
const requests = fc.array(fc.record({ amounts, priority: fc.integer({ min: 0, max: 3 }) }), { maxLength: 30 });
const policies = fc.constantFrom(spreadPolicy, packPolicy);

test('never over capacity, never on two hosts, never lost, and never refused while a host would do', () => {
  fc.assert(
    fc.property(hosts, requests, policies, fc.integer(), (someHosts, someRequests, policy, seed) => {
      const known = someHosts.map((over, index) =>
        host(`h${index}`, { ...over, capacity: { ...over.capacity, pods: 5 } }),
      );
      const wanted = someRequests.map((over, index) =>
        request(`m${index}`, { ...over, amounts: { ...over.amounts, pods: 1 } }),
      );
      const snapshot = snapshotOf(known);
      const { placements, refusals } = place(snapshot, wanted, policy, new SeededRandom(seed));
      const placed = placements.map((placement) => placement.request.uid);
      assert.equal(new Set(placed).size, placed.length);
      assert.deepEqual(
        [...placed, ...refusals.map((refusal) => refusal.request.uid)].sort(),
        wanted.map(({ uid }) => uid).sort(),
      );
      const left = (name: string, resource: string) => {
        const its = placements.filter((placement) => placement.host === name);
        const given = its.reduce((sum, placement) => sum + (placement.request.amounts[resource] ?? 0), 0);
        return (known.find((each) => each.name === name)?.capacity[resource] ?? 0) - given;
      };
      for (const each of known) {
        for (const resource of ['cpu', 'memory', 'pods']) assert.ok(left(each.name, resource) >= 0);
      }
      for (const placement of placements) {
        const its = known.find((each) => each.name === placement.host);
        assert.ok(its?.ready && its.schedulable);
      }
      for (const refusal of refusals) {
        for (const each of known.filter(({ ready, schedulable }) => ready && schedulable)) {
          const needs = refusal.request.amounts;
          // Nothing leaves in between, so what fits now would have fitted then.
          assert.ok(Object.keys(needs).some((resource) => (needs[resource] ?? 0) > left(each.name, resource)));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('the same question with the same seed has the same answer', () => {
  fc.assert(
    fc.property(hosts, requests, policies, fc.integer(), (someHosts, someRequests, policy, seed) => {
      const ask = () => {
        const snapshot = snapshotOf(someHosts.map((over, index) => host(`h${index}`, over)));
        const wanted = someRequests.map((over, index) => request(`m${index}`, over));
        return place(snapshot, wanted, policy, new SeededRandom(seed));
      };
      assert.deepEqual(ask(), ask());
    }),
    { numRuns: 100 },
  );
});

test('equal hosts are all chosen in time', () => {
  const chosen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const snapshot = snapshotOf(['a', 'b', 'c'].map((name) => host(name)));
    chosen.add(place(snapshot, [request('m')], spreadPolicy, new SeededRandom(seed)).placements[0]?.host ?? '');
  }
  assert.deepEqual([...chosen].sort(), ['a', 'b', 'c']);
});

test('spreading takes the emptier host, packing the fuller one', () => {
  for (const [policy, expected] of [
    [spreadPolicy, 'empty'],
    [packPolicy, 'full'],
  ] as const) {
    const snapshot = snapshotOf([host('full'), host('empty')]);
    snapshot.put(request('there', { amounts: { cpu: 2000, memory: 4 * 2 ** 30, pods: 1 } }), 'full');
    const { placements } = place(snapshot, [request('new')], policy, new SeededRandom(1));
    assert.equal(placements[0]?.host, expected);
  }
});

test('more important machines come first, others in the order given', () => {
  const snapshot = snapshotOf([host('one', { capacity: { cpu: 200, memory: 2 ** 30, pods: 10 } })]);
  const wanted = [request('a'), request('b', { priority: 5 }), request('c')];
  const { placements, refusals } = place(snapshot, wanted, spreadPolicy, new SeededRandom(1));
  assert.deepEqual(
    placements.map((placement) => placement.request.uid),
    ['b', 'a'],
  );
  assert.deepEqual(
    refusals.map((refusal) => refusal.request.uid),
    ['c'],
  );
});

test('a decision names the next best hosts and how many were turned down for which reason', () => {
  const snapshot = snapshotOf([host('a'), host('b'), host('down', { ready: false })]);
  const { placements } = place(snapshot, [request('m')], spreadPolicy, new SeededRandom(1));
  const decision = placements[0]?.decision;
  assert.equal(decision?.of, 3);
  assert.equal(decision?.next?.length, 1);
  assert.deepEqual(decision?.no, [[1, 1]]);
});

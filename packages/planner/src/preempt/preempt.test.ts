import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type MachineRequest, type PreemptionRules, preempt, Snapshot, spreadPolicy } from '../index.ts';
import { exampleHost, exampleRequest } from '../testing/examples.ts';

const GIB = 2 ** 30;

const machine = (uid: string, priority: number, memoryGib: number, labels = {}): MachineRequest =>
  exampleRequest(uid, { labels, priority, amounts: { cpu: 100, memory: memoryGib * GIB, pods: 1 } });

const free: PreemptionRules = { budgets: [], leaving: new Set() };

function cloud(on: Readonly<Record<string, readonly MachineRequest[]>>): Snapshot {
  const snapshot = new Snapshot();
  for (const name of Object.keys(on)) snapshot.setHost(exampleHost(name));
  for (const [name, machines] of Object.entries(on)) for (const each of machines) snapshot.put(each, name);
  return snapshot;
}

const names = (preemption: ReturnType<typeof preempt>) => preemption?.victims.map(({ name }) => name);

test('the least important go, and only as many as are needed', () => {
  const snapshot = cloud({ a: [machine('low', 1, 3), machine('mid', 5, 3), machine('high', 100, 2)] });
  const found = preempt(snapshot, machine('new', 50, 3), spreadPolicy, free);
  assert.deepEqual([found?.host, names(found)], ['a', ['low']]);
  assert.deepEqual(names(preempt(snapshot, machine('new', 50, 5), spreadPolicy, free)), ['low', 'mid']);
});

test('the host is chosen where it hurts least', () => {
  const snapshot = cloud({
    a: [machine('a1', 10, 8)],
    b: [machine('b1', 1, 4), machine('b2', 1, 4)],
    c: [machine('c1', 1, 8)],
  });
  const found = preempt(snapshot, machine('new', 50, 8), spreadPolicy, free);
  assert.deepEqual([found?.host, names(found)], ['c', ['c1']]);
  assert.deepEqual(found?.next, [
    ['b', 2],
    ['a', 1],
  ]);
});

test('nobody of the same importance has to go, and nobody where it would not help', () => {
  const snapshot = cloud({ a: [machine('same', 50, 8)], b: [machine('low', 1, 1), machine('high', 100, 6)] });
  assert.equal(preempt(snapshot, machine('new', 50, 4), spreadPolicy, free), undefined);
});

test('a disruption budget is kept', () => {
  const web = { app: 'web' };
  const snapshot = cloud({ a: [machine('w1', 1, 4, web), machine('w2', 1, 4, web)], b: [machine('other', 20, 8)] });
  const rules = (allowed: number): PreemptionRules => ({
    budgets: [{ covers: ({ labels }) => labels.app === 'web', allowed }],
    leaving: new Set(),
  });
  const wanted = machine('new', 50, 8);
  assert.equal(preempt(snapshot, wanted, spreadPolicy, rules(2))?.host, 'a');
  assert.equal(preempt(snapshot, wanted, spreadPolicy, rules(1))?.host, 'b');
  assert.deepEqual(names(preempt(snapshot, machine('new', 50, 4), spreadPolicy, rules(1)))?.length, 1);
  assert.deepEqual(names(preempt(snapshot, machine('new', 50, 4), spreadPolicy, rules(0))), ['other']);
});

test('what leaves anyway is no victim', () => {
  const snapshot = cloud({ a: [machine('going', 100, 6), machine('low', 1, 2)] });
  const found = preempt(snapshot, machine('new', 50, 5), spreadPolicy, { budgets: [], leaving: new Set(['going']) });
  assert.deepEqual([found?.host, names(found)], ['a', []]);
});

test('everything is as before afterwards, and with the victims gone it fits', () => {
  const each = fc.record({ priority: fc.integer({ min: 0, max: 9 }), gib: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(fc.array(fc.array(each, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), each, (hosts, wanted) => {
      const machines = hosts.map((list, i) => list.map(({ priority, gib }, j) => machine(`m${i}-${j}`, priority, gib)));
      const snapshot = cloud(Object.fromEntries(machines.map((list, i) => [`h${i}`, list])));
      const amounts = () => machines.map((_, row) => ['cpu', 'memory', 'pods'].map((name) => snapshot.free(name, row)));
      const before = amounts();
      const found = preempt(snapshot, machine('new', wanted.priority, wanted.gib), spreadPolicy, free);
      assert.deepEqual(amounts(), before);
      for (const [i, list] of machines.entries())
        for (const { uid } of list) assert.equal(snapshot.hostOf(uid), `h${i}`);
      if (!found) return;
      assert.ok(found.victims.every(({ priority }) => priority < wanted.priority));
      for (const { uid } of found.victims) snapshot.remove(uid);
      const row = snapshot.rowOf(found.host) as number;
      assert.ok(snapshot.free('memory', row) >= wanted.gib * GIB);
    }),
  );
});

test('whatever the budgets, none is overdrawn', () => {
  const each = fc.record({
    priority: fc.integer({ min: 0, max: 5 }),
    gib: fc.integer({ min: 1, max: 4 }),
    app: fc.constantFrom('a', 'b'),
  });
  const hosts = fc.array(fc.array(each, { maxLength: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(hosts, fc.nat(2), fc.nat(2), fc.integer({ min: 1, max: 8 }), (lists, a, b, gib) => {
      const on = lists.map((list, i) =>
        list.map(({ priority, gib: size, app }, j) => machine(`m${i}-${j}`, priority, size, { app })),
      );
      const budgets = Object.entries({ a, b }).map(([app, allowed]) => ({
        covers: ({ labels }: MachineRequest) => labels.app === app,
        allowed,
      }));
      const snapshot = cloud(Object.fromEntries(on.map((list, i) => [`h${i}`, list])));
      const found = preempt(snapshot, machine('new', 9, gib), spreadPolicy, { budgets, leaving: new Set() });
      for (const { covers, allowed } of budgets) assert.ok((found?.victims ?? []).filter(covers).length <= allowed);
    }),
    { numRuns: 200 },
  );
});

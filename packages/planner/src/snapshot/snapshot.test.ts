import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Host, plainRequest, Snapshot } from '../index.ts';
import { exampleHost, exampleRequest, exampleSnapshot } from '../testing/examples.ts';

const host = (name: string): Host => ({
  name,
  labels: {},
  taints: [],
  ready: true,
  schedulable: true,
  capacity: { cpu: 1000, memory: 1000, pods: 10 },
});

const machine = (uid: string, cpu: number) =>
  plainRequest({ uid, amounts: { cpu, pods: 1 }, ports: [{ protocol: 'TCP', port: cpu }] });

const names = fc.constantFrom('a', 'b', 'c');
const uids = fc.constantFrom('1', '2', '3', '4');
const steps = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('host' as const), name: names }),
    fc.record({ type: fc.constant('gone' as const), name: names }),
    fc.record({ type: fc.constant('put' as const), uid: uids, name: names, cpu: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ type: fc.constant('remove' as const), uid: uids }),
  ),
  { maxLength: 60 },
);

test('whatever comes and goes in whatever order, amounts are those of the machines that are there', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const snapshot = new Snapshot();
      const hosts = new Set<string>();
      const where = new Map<string, { name: string; cpu: number }>();
      for (const step of story) {
        if (step.type === 'host') {
          hosts.add(step.name);
          snapshot.setHost(host(step.name));
        } else if (step.type === 'gone') {
          hosts.delete(step.name);
          snapshot.removeHost(step.name);
        } else if (step.type === 'put') {
          where.set(step.uid, { name: step.name, cpu: step.cpu });
          snapshot.put(machine(step.uid, step.cpu), step.name);
        } else {
          where.delete(step.uid);
          snapshot.remove(step.uid);
        }
      }
      assert.equal(snapshot.hostCount, hosts.size);
      for (const name of hosts) {
        const its = [...where.values()].filter((each) => each.name === name);
        const row = snapshot.rowOf(name) as number;
        assert.equal(snapshot.free('cpu', row), 1000 - its.reduce((sum, { cpu }) => sum + cpu, 0));
        assert.equal(snapshot.free('pods', row), 10 - its.length);
        for (const { cpu } of its) assert.ok(snapshot.portTaken(row, `TCP/${cpu}`));
      }
      for (const [uid, { name }] of where) assert.equal(snapshot.hostOf(uid), name);
    }),
    { numRuns: 300 },
  );
});

test('the least important priority is that of machines on hosts', () => {
  const snapshot = exampleSnapshot([exampleHost('a')]);
  assert.equal(snapshot.lowestPriority, Number.POSITIVE_INFINITY);
  for (const [uid, priority, host] of [
    ['1', 5, 'a'],
    ['2', -3, 'a'],
    ['3', -9, 'nowhere'],
  ] as const) {
    snapshot.put(exampleRequest(uid, { priority }), host);
  }
  assert.equal(snapshot.lowestPriority, -3);
  snapshot.remove('2');
  assert.equal(snapshot.lowestPriority, 5);
  snapshot.setHost(exampleHost('nowhere'));
  assert.equal(snapshot.lowestPriority, -9);
  snapshot.removeHost('nowhere');
  assert.equal(snapshot.lowestPriority, 5);
});

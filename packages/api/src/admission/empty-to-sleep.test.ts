import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusFailure, sleepOf } from '@godwit/kinds';
import { judgeBy } from '../operations/testing/judge-by.ts';
import { openDoor, pod, pods } from '../operations/testing/open-door.ts';

const nodes = { group: '', version: 'v1', plural: 'nodes' };
const asleep = { key: 'godwit.dev/asleep', value: 'asleep', effect: 'NoSchedule' };

/** A host, and what can be done with it. A binding is refused where it sleeps. */
async function host() {
  const { door } = await openDoor({
    allocations: judgeBy(({ node }) => (sleepOf(node) ? ['the node is asleep'] : [])),
  });
  await door.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'host' } });
  await door.create(pods, pod('web'));
  const sleep = () => door.patch({ ...nodes, name: 'host' }, { type: 'merge', body: { spec: { taints: [asleep] } } });
  const bind = () =>
    door.create({ ...pods, name: 'web', subresource: 'binding' }, { target: { kind: 'Node', name: 'host' } });
  return { door, sleep, bind };
}

test('a host is not told to sleep while a machine is bound to it, and is once that has ended', async () => {
  const { door, sleep, bind } = await host();
  await bind();
  await assert.rejects(sleep(), (error: unknown) => {
    assert.ok(error instanceof StatusFailure);
    assert.equal(error.reason, 'Conflict');
    assert.match(error.message, /Pod default\/web is on it or on its way to it/);
    return true;
  });
  await door.patch(
    { ...pods, name: 'web', subresource: 'status' },
    { type: 'merge', body: { status: { phase: 'Failed' } } },
  );
  await sleep();
});

test('a host that machines are bound to may be said to wake', async () => {
  const { door, bind } = await host();
  await bind();
  const waking = { ...asleep, value: 'waking' };
  await door.patch({ ...nodes, name: 'host' }, { type: 'merge', body: { spec: { taints: [waking] } } });
});

test('of a machine that comes and a host that goes to sleep at once, one is refused', async () => {
  for (const first of ['sleep', 'bind'] as const) {
    const { sleep, bind } = await host();
    const acts = first === 'sleep' ? [sleep(), bind()] : [bind(), sleep()];
    const ends = await Promise.allSettled(acts);
    assert.deepEqual(ends.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  }
});

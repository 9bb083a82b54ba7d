import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, VirtualMachineInstance } from '@godwit/kinds';
import { nodeUser } from '../../authorization/user.ts';
import { judgeBy } from '../testing/judge-by.ts';
import { openDoor } from '../testing/open-door.ts';

const nodes = { group: '', version: 'v1', plural: 'nodes' };
const instances = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances', namespace: 'default' };
const spec = { domain: { devices: {}, resources: { requests: { memory: '64Mi' } } } };
const MOST = 2;

/** Hosts that have room for two machines each, and instances that run on them. */
async function cloudWith(placed: Readonly<Record<string, string>>) {
  const { operations, door } = await openDoor({
    allocations: judgeBy(({ others }) => (others.length < MOST ? [] : ['it is full'])),
  });
  for (const name of ['a', 'b', 'c']) await door.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  for (const [name, node] of Object.entries(placed)) {
    await door.create(instances, { metadata: { name }, spec } as unknown as KubeObject);
    await door.create({ ...instances, name, subresource: 'binding' }, { target: { kind: 'Node', name: node } });
    const body = { status: { phase: 'Running' } };
    await door.patch({ ...instances, name, subresource: 'status' }, { type: 'merge', body });
  }
  const get = async (name: string) => (await door.get({ ...instances, name })) as VirtualMachineInstance;
  const move = (name: string, to: string, more: object = {}) =>
    door.create({ ...instances, name, subresource: 'move' }, { metadata: { name, ...more }, target: { name: to } });
  const tell = (name: string, status: object) =>
    door.patch({ ...instances, name, subresource: 'status' }, { type: 'merge', body: { status } });
  return { operations, door, get, move, tell };
}

test('a move takes room on the other host in the write that says why, and gives back its own when it ends', async () => {
  const { get, move, tell } = await cloudWith({ one: 'a', two: 'b', three: 'c' });
  await move('one', 'b', { annotations: { 'godwit.dev/decision': 'because' } });
  const { metadata, status } = await get('one');
  assert.equal(metadata.annotations?.['godwit.dev/decision'], 'because');
  assert.equal(status?.nodeName, 'a');
  assert.equal(status?.migrationState?.sourceNode, 'a');
  assert.equal(status?.migrationState?.targetNode, 'b');
  await assert.rejects(move('three', 'b'), { code: 'Conflict', message: /does not fit on node "b": it is full/ });
  await tell('one', { nodeName: 'b', migrationState: { completed: true, endTimestamp: '2026-01-01T00:00:09Z' } });
  assert.equal((await get('one')).metadata.labels?.['kubevirt.io/nodeName'], 'b');
  await assert.rejects(move('three', 'b'), { code: 'Conflict' });
  await move('three', 'a');
});

test('a move that failed leaves the machine where it is, and its room to others', async () => {
  const { get, move, tell } = await cloudWith({ one: 'a', two: 'b', three: 'c' });
  await move('one', 'b');
  await tell('one', { migrationState: { failed: true, endTimestamp: '2026-01-01T00:00:09Z' } });
  assert.equal((await get('one')).status?.nodeName, 'a');
  await move('three', 'b');
});

test('what does not run, is there already or moves already is not moved, and nobody is elsewhere without a move', async () => {
  const { get, move, tell } = await cloudWith({ one: 'a' });
  await assert.rejects(move('one', 'a'), { code: 'Conflict', message: /is on node "a" already/ });
  await assert.rejects(move('one', ''), { code: 'BadRequest' });
  await assert.rejects(move('one', 'nowhere'), { code: 'NotFound' });
  await assert.rejects(move('one', 'b', { uid: 'another' }), { code: 'Conflict', message: /UID/ });
  await assert.rejects(tell('one', { nodeName: 'b' }), { code: 'Conflict', message: /not on its way to node "b"/ });
  await assert.rejects(tell('one', { migrationState: { targetNode: 'b' } }), {
    code: 'Conflict',
    message: /begins at/,
  });
  await move('one', 'b');
  await assert.rejects(move('one', 'c'), { code: 'Conflict', message: /on its way to node "b" already/ });
  await assert.rejects(tell('one', { migrationState: { targetNode: 'c' } }), {
    code: 'Conflict',
    message: /begins at/,
  });
  await assert.rejects(tell('one', { nodeName: 'c' }), { code: 'Conflict' });
  await tell('one', { migrationState: { endTimestamp: '2026-01-01T00:00:09Z' } });
  const conditions = [{ type: 'LiveMigratable', status: 'False', message: 'its disk lies here' }];
  await tell('one', { conditions });
  await assert.rejects(move('one', 'b'), { code: 'Conflict', message: /its disk lies here/ });
  await tell('one', { phase: 'Failed' });
  await assert.rejects(move('one', 'b'), { code: 'Conflict', message: /does not run/ });
  assert.equal((await get('one')).status?.nodeName, 'a');
});

test('the host where a machine will arrive sees it from the beginning of the move, and writes where it is', async () => {
  const { operations, move } = await cloudWith({ one: 'a', two: 'a' });
  const host = operations.as(nodeUser('b'));
  const coming = { fieldSelector: 'status.migrationState.targetNode=b' };
  const one = { ...instances, name: 'one' };
  await assert.rejects(host.get(one), { code: 'Forbidden' });
  assert.equal((await host.list({ ...instances }, coming)).items.length, 0);
  await move('one', 'b');
  const [seen, ...others] = (await host.list({ ...instances }, coming)).items;
  assert.deepEqual([seen?.metadata?.name, others.length], ['one', 0]);
  const status = { nodeName: 'b', migrationState: { endTimestamp: '2026-01-01T00:00:09Z' } };
  await host.patch({ ...one, subresource: 'status' }, { type: 'merge', body: { status } });
  assert.equal(((await host.get(one)) as VirtualMachineInstance).status?.nodeName, 'b');
  await assert.rejects(host.get({ ...instances, name: 'two' }), { code: 'Forbidden' });
  await assert.rejects(operations.as(nodeUser('a')).get(one), { code: 'Forbidden' });
});

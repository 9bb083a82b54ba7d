import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, StatusFailure } from '@godwit/kinds';
import { openDoor } from './testing/open-door.ts';

const nodes = { group: '', version: 'v1', plural: 'nodes' };
const patch = (annotations: object) => ({ type: 'merge', body: { metadata: { annotations } } }) as const;

function node(name: string, annotations: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations } };
}

test('nonsense in what a Node says of itself is refused when it is written, however it comes', async () => {
  const { door } = await openDoor();
  await door.create(nodes, node('good', { 'godwit.dev/watts': '86,117' }));
  const causes = (field: string) => (error: StatusFailure) => {
    assert.equal(error.code, 'Invalid');
    assert.deepEqual(
      error.statusDetails?.causes?.map((cause) => cause.field),
      [field],
    );
    return true;
  };
  const watts = 'metadata.annotations[godwit.dev/watts]';
  await assert.rejects(door.create(nodes, node('bad', { 'godwit.dev/watts': 'much' })), causes(watts));
  const good = { ...nodes, name: 'good' };
  await assert.rejects(door.patch(good, patch({ 'godwit.dev/watts': '117,86' })), causes(watts));
  await assert.rejects(door.patch(good, patch({ 'godwit.dev/wats': '86,117' })), causes('metadata.annotations'));
  await door.patch(good, patch({ 'godwit.dev/watts': null }));
});

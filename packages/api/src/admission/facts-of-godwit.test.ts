import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor, pod, pods, user } from '../operations/testing/open-door.ts';

const ADDRESSES = 'network.godwit.dev/addresses';
const stolen = { [ADDRESSES]: '[{"ip":"10.64.0.1"}]' };

test('which addresses a machine has is said by Godwit, whatever its user writes', async () => {
  const { operations, door } = await openDoor({ authorizer: { decide: () => ({ allowed: true }) } });
  const warnings: string[] = [];
  const ann = { user: user('ann'), agent: 'test', warn: (text: string) => void warnings.push(text) };
  const annotationsOf = async (name: string) => (await door.get({ ...pods, name })).metadata.annotations;
  await operations.create(ann, pods, pod('thief', { annotations: { ...stolen, mine: 'yes' } }));
  assert.deepEqual(await annotationsOf('thief'), { mine: 'yes' });
  assert.match(warnings.join(), /network\.godwit\.dev\/addresses is Godwit's own to write/);
  const given = '[{"ip":"10.64.0.2"}]';
  await door.patch(
    { ...pods, name: 'thief' },
    { type: 'merge', body: { metadata: { annotations: { [ADDRESSES]: given } } } },
  );
  for (const annotations of [stolen, { [ADDRESSES]: null }]) {
    await operations.patch(ann, { ...pods, name: 'thief' }, { type: 'merge', body: { metadata: { annotations } } });
    assert.deepEqual(await annotationsOf('thief'), { mine: 'yes', [ADDRESSES]: given });
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllers, createOperations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { builtInKinds, StatusFailure } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';
import { RehearsingDoor } from './rehearsing-door.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps', namespace: 'default' };
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test('everything goes the whole way, is remembered, and changes nothing', async () => {
  const random = new SeededRandom(1);
  const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };
  const store = new MemoryStore({ clock: world.clock });
  const operations = await createOperations({ world, store, kinds: builtInKinds });
  const real = operations.as(controllers);
  await real.create(configMaps, configMap('there'));
  const { revision } = store;
  const door = new RehearsingDoor(real);
  await door.create(configMaps, configMap('new'));
  await door.patch({ ...configMaps, name: 'there' }, { type: 'merge', body: { data: { a: 'b' } } });
  const found = await door.get({ ...configMaps, name: 'there' });
  await door.update({ ...configMaps, name: 'there' }, found);
  await door.delete({ ...configMaps, name: 'there' });
  await door.deleteCollection(configMaps, {});
  assert.equal(store.revision, revision);
  assert.deepEqual(
    door.writes.map(({ verb, address }) => `${verb} ${address.name ?? ''}`),
    ['create ', 'patch there', 'update there', 'delete there', 'delete there'],
  );
  const refused = (error: unknown) => error instanceof StatusFailure && error.reason === 'AlreadyExists';
  await assert.rejects(door.create(configMaps, configMap('there')), refused);
  assert.equal(door.writes.length, 5);
  await operations.close();
});

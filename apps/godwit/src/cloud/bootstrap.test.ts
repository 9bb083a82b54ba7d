import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllers, createOperations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { builtInKinds } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';
import { addressPlan } from '../state-folder.ts';
import { bootstrap, publishApiEndpoints, reserveApiService } from './bootstrap.ts';

const instance = { id: '51a10000', octet: 64, port: 6443 };
const services = { group: '', version: 'v1', plural: 'services', namespace: 'default' };

test("the API's address is its own, however early somebody else makes a Service, and at every start", async () => {
  const random = new SeededRandom(1);
  const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };
  const store = new MemoryStore({ clock: world.clock });
  const operations = await createOperations({ world, store, kinds: builtInKinds });
  const door = operations.as(controllers);
  await bootstrap(door, instance);
  await reserveApiService(door, instance, 6443);
  const spec = { ports: [{ port: 80 }] };
  await door.create(services, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'early' }, spec });
  await publishApiEndpoints(door, instance, 6443);
  await reserveApiService(door, instance, 6443);
  const addressOf = async (name: string) => {
    const service = await door.get({ ...services, name });
    assert.ok('spec' in service);
    return (service.spec as { readonly clusterIP: string }).clusterIP;
  };
  assert.equal(await addressOf('kubernetes'), addressPlan(instance).apiServiceAddress);
  assert.notEqual(await addressOf('early'), addressPlan(instance).apiServiceAddress);
  await operations.close();
});

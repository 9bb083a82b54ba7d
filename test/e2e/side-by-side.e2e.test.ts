/** Two clouds on one machine do not see each other. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { fetchText } from '../support/http-load.ts';
import { buildMyapp } from '../support/images.ts';

const clouds = [new GodwitUnderTest(), new GodwitUnderTest()];

before(async () => {
  await buildMyapp();
  for (const cloud of clouds) await cloud.up();
});

after(async () => {
  await Promise.all(clouds.map((cloud) => cloud.stop()));
});

test('the same manifest runs in both, on addresses of their own', async () => {
  const addresses = new Set<string>();
  for (const cloud of clouds) {
    await cloud.kubectl('create', '-f', join(projectRoot, 'examples/myapp.yaml'));
    const ip = await cloud.externalAddress('myapp-service');
    await waitFor('an answer', () => fetchText(`http://${ip}/`));
    addresses.add(ip);
  }
  assert.equal(addresses.size, 2);
});

test('taking one down leaves the other serving', async () => {
  const [first, second] = clouds as [GodwitUnderTest, GodwitUnderTest];
  assert.equal((await first.verb('down')).status, 0);
  assert.match(await fetchText(`http://${await second.externalAddress('myapp-service')}/`), /myapp/);
});

test('a second program on one state folder is refused with the reason', async () => {
  const { status, stderr } = await (clouds[1] as GodwitUnderTest).verb('up');
  assert.equal(status, 1);
  assert.match(stderr, /already runs on this state folder/);
});

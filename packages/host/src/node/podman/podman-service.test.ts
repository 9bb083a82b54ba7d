import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom, SystemClock, silentLog, VirtualClock } from '@godwit/base';
import { SystemIds } from '@godwit/base/node';
import { PodmanService } from './podman-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-podman-service-'));
after(() => rmSync(folder, { recursive: true }));

/** A service that has been asked something, by `answer`, and an engine that has not said anything yet. */
async function asked() {
  const socketPath = join(folder, 'podman.sock');
  const engine = createServer();
  await new Promise<void>((resolve) => engine.listen(socketPath, resolve));
  const world = { clock: new SystemClock(), random: new SeededRandom(1), ids: new SystemIds(), log: silentLog };
  const service = new PodmanService({ socketPath, servicePidPath: join(folder, 'podman.pid'), environment: {} }, world);
  const request = new Promise<ServerResponse>((resolve) => engine.once('request', (_, reply) => resolve(reply)));
  const answer = service.use((client) => client.call({ method: 'GET', path: '/info', timeoutMs: 5_000 }));
  const end = () => {
    const ended = new Promise<void>((resolve) => engine.close(() => resolve()));
    engine.closeAllConnections();
    return ended;
  };
  return { service, answer, reply: await request, end };
}

test('a call that is under way is answered before the service is closed', async () => {
  const { service, answer, reply, end } = await asked();
  const closed = service.close();
  reply.setHeader('content-type', 'application/json').end('{"made":true}');
  assert.deepEqual(await answer, { made: true });
  await closed;
  await end();
});

test('who waits for an answer when it is closed does not bring it back, nor does who comes later', async () => {
  const { service, answer, end } = await asked();
  const refused = assert.rejects(answer, { code: 'engine-unreachable' });
  const closed = service.close();
  await end();
  await refused;
  await closed;
  await assert.rejects(
    service.use(() => Promise.resolve()),
    { code: 'engine-unreachable' },
  );
});

/** An engine of the test's own in the place of Podman's, which notes its process number and then does as `script` says. */
function pretending(name: string, script: string) {
  const place = mkdtempSync(join(folder, `${name}-`));
  writeFileSync(
    join(place, 'podman'),
    `#!/bin/sh\necho $$ > ${place}/began.new; mv ${place}/began.new ${place}/began\n${script}\n`,
    { mode: 0o755 },
  );
  const environment = { ...process.env, PATH: `${place}:${process.env.PATH}` };
  const places = { socketPath: join(place, 'podman.sock'), servicePidPath: join(place, 'podman.pid'), environment };
  const began = async () => {
    while (!existsSync(join(place, 'began'))) await sleep(5);
    return Number(readFileSync(join(place, 'began'), 'utf8'));
  };
  return { places, began };
}

/** Whether a process runs; one that has ended and was not waited for yet does not. */
const runs = (pid: number) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('an engine that does not begin to answer is ended before another one is started', async () => {
  const { places, began } = pretending('deaf', 'exec sleep 1000');
  const clock = new VirtualClock();
  const world = { clock, random: new SeededRandom(1), ids: new SystemIds(), log: silentLog };
  const service = new PodmanService(places, world);
  const refused = assert.rejects(
    service.use(() => Promise.resolve()),
    { code: 'engine-missing' },
  );
  const pid = await began();
  assert.ok(runs(pid));
  let isRefused = false;
  void refused.finally(() => {
    isRefused = true;
  });
  while (!isRefused) await clock.advance(1_000, () => new Promise((resolve) => setImmediate(resolve)));
  await refused;
  while (runs(pid)) await sleep(5);
});

test('an engine that is being started when the service is closed is not left behind', async () => {
  const serve = `require('node:net').createServer((socket) => socket.destroy()).listen(process.argv.at(-1).slice(7))`;
  const { places, began } = pretending('late', `sleep 0.3; exec ${process.execPath} -e "${serve}" "$@"`);
  const world = { clock: new SystemClock(), random: new SeededRandom(1), ids: new SystemIds(), log: silentLog };
  const service = new PodmanService(places, world);
  const used = service.use(() => Promise.resolve('used'));
  const pid = await began();
  const closed = service.close();
  assert.equal(await used, 'used');
  await closed;
  assert.equal(runs(pid), false);
});

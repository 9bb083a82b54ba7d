import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SeededRandom, SystemClock, silentLog } from '@godwit/base';
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

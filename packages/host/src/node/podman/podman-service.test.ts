import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SeededRandom, SystemClock, silentLog } from '@godwit/base';
import { SystemIds } from '@godwit/base/node';
import { PodmanService } from './podman-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-podman-service-'));
after(() => rmSync(folder, { recursive: true }));

test('who waits for an answer when it is closed does not bring it back', async () => {
  const socketPath = join(folder, 'podman.sock');
  const engine = createServer();
  await new Promise<void>((resolve) => engine.listen(socketPath, resolve));
  const world = { clock: new SystemClock(), random: new SeededRandom(1), ids: new SystemIds(), log: silentLog };
  const service = new PodmanService({ socketPath, servicePidPath: join(folder, 'podman.pid'), environment: {} }, world);
  const asked = new Promise<void>((resolve) => engine.once('request', () => resolve()));
  const answer = service.use((client) => client.call({ method: 'GET', path: '/info', timeoutMs: 5_000 }));
  const refused = assert.rejects(answer, { code: 'engine-unreachable' });
  await asked;
  await service.close();
  await new Promise<void>((resolve) => {
    engine.close(() => resolve());
    engine.closeAllConnections();
  });
  await refused;
  await assert.rejects(
    service.use(() => Promise.resolve()),
    { code: 'engine-unreachable' },
  );
});

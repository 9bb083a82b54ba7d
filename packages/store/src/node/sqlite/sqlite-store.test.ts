import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import type { Store } from '../../store.ts';
import { type Engine, storeConformance } from '../conformance/index.ts';
import { storeFuzz } from '../fuzz.ts';
import { SqliteStore } from './sqlite-store.ts';

const folder = await mkdtemp(join(tmpdir(), 'godwit-sqlite-'));
after(() => rm(folder, { recursive: true, force: true }));

const paths = new WeakMap<Store, string>();
let count = 0;

async function openAt(path: string, options: Parameters<typeof SqliteStore.open>[0]): Promise<Store> {
  const store = await SqliteStore.open(options);
  paths.set(store, path);
  return store;
}

const sqlite: Engine = {
  name: 'sqlite',
  open: (options) => {
    const path = join(folder, `${++count}.db`);
    return openAt(path, { ...options, path });
  },
  reopen: (closed, options) => {
    const path = paths.get(closed) ?? '';
    return openAt(path, { ...options, path });
  },
};

storeConformance(sqlite);
storeFuzz(sqlite, { runs: 12 });

test('sqlite: compaction does not wait for writers that never rest', async () => {
  const store = await SqliteStore.open({ path: join(folder, 'busy.db'), clock: new VirtualClock() });
  let compacted = false;
  const writers = Array.from({ length: 8 }, async (_, i) => {
    for (let round = 0; !compacted; round++) await store.append([{ key: `/k/${i}`, body: { text: `${round}` } }]);
  });
  await store.append([{ key: '/k', body: { text: '0' } }]);
  await store.compact(store.revision);
  compacted = true;
  await Promise.all(writers);
  await store.close();
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Store } from '../../store.ts';
import { type Engine, storeConformance } from '../conformance.ts';
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

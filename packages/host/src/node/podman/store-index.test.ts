import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestReference, fullNames, storedImages } from './store-index.ts';

test('short names mean what was built here, then what came from the usual registry', () => {
  assert.deepEqual(fullNames('myapp'), ['localhost/myapp:latest', 'docker.io/library/myapp:latest']);
  assert.deepEqual(fullNames('myapp:1'), ['localhost/myapp:1', 'docker.io/library/myapp:1']);
  assert.deepEqual(fullNames('team/app'), ['localhost/team/app:latest', 'docker.io/team/app:latest']);
  assert.deepEqual(fullNames('localhost/myapp'), ['localhost/myapp:latest']);
  assert.deepEqual(fullNames('registry.example:5000/a/b:2'), ['registry.example:5000/a/b:2']);
  assert.deepEqual(fullNames('a@sha256:0'), []);
});

test('a name with digest for status', () => {
  assert.equal(
    digestReference({ id: 'i', name: 'registry.example:5000/a:2', digest: 'sha256:0' }),
    'registry.example:5000/a@sha256:0',
  );
});

test('what stores have by name is told once, the newest first; a store that is not there has none', async () => {
  const root = mkdtempSync(join(tmpdir(), 'godwit-stores-'));
  const store = (name: string, images: readonly object[]) => {
    mkdirSync(join(root, name, 'overlay-images'), { recursive: true });
    writeFileSync(join(root, name, 'overlay-images', 'images.json'), JSON.stringify(images));
    return join(root, name);
  };
  try {
    const old = { id: '1', names: ['localhost/old:latest'], created: '2026-01-01T00:00:00Z' };
    const fresh = { id: '2', names: ['localhost/new:1'], created: '2026-02-01T00:00:00Z' };
    const stores = [store('one', [old, { id: '3', names: null }]), store('two', [fresh, old]), join(root, 'none')];
    assert.deepEqual(await storedImages(stores), [{ names: ['localhost/new:1'] }, { names: ['localhost/old:latest'] }]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasCode } from '@godwit/base';
import { deriveInstance, isStateFolder, openStateFolder } from './state-folder.ts';

function temporaryFolder(t: { after(task: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-folder-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('an empty folder becomes a state folder, and stays the one that it is', (t) => {
  const path = join(temporaryFolder(t), 'new', 'state');
  assert.equal(isStateFolder(path), false);
  const first = openStateFolder(path);
  assert.equal(isStateFolder(path), true);
  assert.deepEqual(openStateFolder(path), first);
});

test('a folder that holds what others made is left alone', (t) => {
  const path = temporaryFolder(t);
  writeFileSync(join(path, 'letters.txt'), 'dear');
  assert.throws(
    () => openStateFolder(path),
    (error) => hasCode(error, 'not-a-state-folder') && /letters\.txt/.test(String(error)),
  );
});

test('a fresh file system may have its lost+found', (t) => {
  const path = temporaryFolder(t);
  mkdirSync(join(path, 'lost+found'));
  openStateFolder(path);
});

test('what is no folder is told so', (t) => {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, '');
  for (const wrong of [path, join(path, 'below')]) {
    assert.throws(
      () => openStateFolder(wrong),
      (error) => hasCode(error, 'state-folder-unusable') && /is no folder/.test(String(error)),
    );
  }
});

test('the same path and neighbours give the same instance; a range in use is passed over', () => {
  const first = deriveInstance('/srv/a', new Set());
  assert.deepEqual(deriveInstance('/srv/a', new Set()), first);
  assert.notEqual(deriveInstance('/srv/a', new Set([first.octet])).octet, first.octet);
  assert.equal(deriveInstance('/var/lib/godwit', new Set()).port, 6443);
});

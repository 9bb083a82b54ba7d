import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImageFiles, ImageResolver } from './index.ts';

test('many who clean up at once take an image away that nobody uses, and none of them fails', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'godwit-collecting-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'one', 'users'), { recursive: true });
  const images = new ImageFiles(root, new ImageResolver({ stores: [] }));
  const removed = await Promise.all(Array.from({ length: 8 }, () => images.collect(0, Date.now() + 1_000)));
  assert.deepEqual(removed.flat(), ['one']);
  assert.equal(existsSync(join(root, 'one')), false);
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { archiveFile, archiveFolder, archiveLink, cpio } from './cpio.ts';

const archive = cpio([
  archiveFolder('bin'),
  archiveFile('bin/tool', Buffer.from('odd'), 0o755),
  archiveLink('bin/alias', 'tool'),
]);

test('the same entries give the same bytes, in whole words', () => {
  assert.equal(archive.length % 4, 0);
  assert.deepEqual(cpio([archiveFile('a', Buffer.from('1'))]), cpio([archiveFile('a', Buffer.from('1'))]));
});

test('cpio reads it back', (t) => {
  const { status, stdout, error } = spawnSync('cpio', ['--list', '--verbose', '--quiet'], { input: archive });
  if (error) return t.skip('cpio is not installed');
  assert.equal(status, 0);
  const lines = stdout.toString().trim().split('\n');
  assert.match(lines[0] ?? '', /^drwxr-xr-x .* bin$/);
  assert.match(lines[1] ?? '', /^-rwxr-xr-x .* 3 .* bin\/tool$/);
  assert.match(lines[2] ?? '', /bin\/alias -> tool$/);
});

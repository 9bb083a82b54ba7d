import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hasCode } from '../errors.ts';
import { exists, ifThere, tail } from './files.ts';

const folder = await mkdtemp(join(tmpdir(), 'godwit-files-'));
const file = join(folder, 'file');
await writeFile(file, '0123456789');
await symlink(join(folder, 'nowhere'), join(folder, 'link'));
after(() => rm(folder, { recursive: true }));

test('what is not there reads as undefined, and other failures go on', async () => {
  assert.equal(await ifThere(readFile(file, 'utf8')), '0123456789');
  assert.equal(await ifThere(readFile(join(folder, 'no-such-file'), 'utf8')), undefined);
  await assert.rejects(ifThere(readFile(folder, 'utf8')), (error) => hasCode(error, 'EISDIR'));
  await assert.rejects(exists(join(file, 'below-a-file')), (error) => hasCode(error, 'ENOTDIR'));
});

test('files and folders exist, links that lead nowhere do not', async () => {
  const paths = [file, folder, join(folder, 'link'), join(folder, 'no-such-file')];
  assert.deepEqual(await Promise.all(paths.map(exists)), [true, true, false, false]);
});

test('a tail is no longer than the file, and none where there is no file', async () => {
  const text = async (mostBytes: number) => new TextDecoder().decode(await tail(file, mostBytes));
  assert.deepEqual([await text(3), await text(100), await text(0)], ['789', '0123456789', '']);
  assert.equal(await tail(join(folder, 'no-such-file'), 3), undefined);
});

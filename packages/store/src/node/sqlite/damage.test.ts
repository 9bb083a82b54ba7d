import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { describeError, type Failure, hasCode, VirtualClock } from '@godwit/base';
import { SqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-damage-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const clock = new VirtualClock();

/** A store file with 200 entries, closed. */
async function filledFile(name: string): Promise<string> {
  const path = join(folder, name);
  const store = await SqliteStore.open({ path, clock });
  for (let i = 0; i < 200; i++) await store.append([{ key: `/k/${i}`, body: { text: `{"marker":"value ${i}"}` } }]);
  await store.close();
  return path;
}

function refuses(path: string, why: RegExp): Promise<void> {
  return assert.rejects(SqliteStore.open({ path, clock }), (error) => {
    assert.ok(hasCode(error, 'unavailable'), String(error));
    assert.match(describeError(error), why);
    assert.equal((error as Failure).details.damaged === true, /damaged|store file/.test(why.source));
    return true;
  });
}

test('a changed byte in a stored text is noticed', async () => {
  const path = await filledFile('flipped.db');
  const bytes = readFileSync(path);
  // Old copies of a row may lie about in unused parts of pages: all of them are changed.
  for (let at = bytes.indexOf('value 150'); at >= 0; at = bytes.indexOf('value 150')) bytes[at + 1] = 0x21;
  writeFileSync(path, bytes);
  await refuses(path, /\/k\/150 at 151 is damaged/);
});

test('damaged pages are noticed', async () => {
  const path = await filledFile('pages.db');
  const bytes = readFileSync(path);
  bytes.fill(0xee, 8192, 5 * 8192);
  writeFileSync(path, bytes);
  await refuses(path, /damaged/);
});

test('a file that is something else is refused', async () => {
  const path = join(folder, 'other.db');
  writeFileSync(path, 'This is a letter to somebody.\n'.repeat(1000));
  await refuses(path, /not a store file/);
});

test('a store that another program has open is refused', async () => {
  const path = join(folder, 'shared.db');
  const first = await SqliteStore.open({ path, clock });
  await first.append([{ key: '/a', body: { text: '1' } }]);
  await refuses(path, /another program has it open/);
  await first.close();
});

test('a folder that is not there is refused', async () => {
  await refuses(join(folder, 'nowhere', 'store.db'), /cannot be opened/);
});

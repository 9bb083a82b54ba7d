import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SeededIds, SeededRandom, SystemClock, silentLog } from '@godwit/base';
import { ContainerLogs } from './container-logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-logs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const random = new SeededRandom(1);
const logs = new ContainerLogs({ clock: new SystemClock(), random, ids: new SeededIds(random), log: silentLog });
const line = (at: number) => `2026-01-01T00:00:00.000000000+00:00 stdout F line ${at}\n`;
const lines = (from: number, count: number) => Array.from({ length: count }, (_, index) => line(from + index)).join('');

/** What is read of a log when `during` happens after its first bytes. */
async function read(path: string, request: { readonly tailLines?: number }, during: () => void): Promise<string[]> {
  const asked = { type: 'logs', follow: false, previous: false, timestamps: false, ...request } as const;
  const { main } = await logs.open(path, asked, () => false, new AbortController().signal);
  let text = '';
  for await (const bytes of main.incoming) {
    if (text === '') during();
    text += Buffer.from(bytes).toString();
  }
  return text.trimEnd().split('\n');
}

test('who does not follow is told what was there when he asked, not what is written while he reads', async () => {
  const path = join(folder, 'busy.log');
  writeFileSync(path, lines(0, 5_000));
  const write = () => appendFileSync(path, lines(5_000, 1_000));
  const last = await read(path, { tailLines: 3_000 }, write);
  assert.deepEqual([last.length, last[0], last.at(-1)], [3_000, 'line 2000', 'line 4999']);
  const all = await read(path, {}, write);
  assert.deepEqual([all.length, all.at(-1)], [6_000, 'line 5999']);
});

/** What has been acknowledged is there: after kill -9, after a power cut, and when the disk is full. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, hasCode, SeededRandom, SystemClock } from '@godwit/base';
import type { Durability } from './log-file.ts';
import { SqliteStore } from './sqlite-store.ts';

const clock = new SystemClock();
const random = new SeededRandom(7);

const cleanups = new WeakMap<TestContext, (() => void)[]>();

/** Runs `undo` after the test; what was done last is undone first, so that nothing is removed while it is mounted. */
function undoAfter(t: TestContext, undo: () => void): void {
  const known = cleanups.get(t);
  if (known) known.push(undo);
  else {
    const all = [undo];
    cleanups.set(t, all);
    t.after(() => {
      for (const one of all.toReversed()) one();
    });
  }
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-crash-'));
  undoAfter(t, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function mount(t: TestContext, options: readonly string[], what: string, on: string): void {
  mkdirSync(on, { recursive: true });
  execFileSync('mount', [...options, what, on]);
  undoAfter(t, () => unmount(on));
}

function unmount(folder: string): void {
  try {
    execFileSync('umount', [folder], { stdio: 'ignore' });
  } catch {
    // It has been unmounted already.
  }
}

function startWriter(path: string, notes: string, durability: Durability, first: number): ChildProcess {
  const program = join(import.meta.dirname, 'crash-writer.ts');
  return spawn(process.execPath, [program, path, notes, durability, `${first}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function acknowledged(notes: string): number[] {
  const lines = readFileSync(notes, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(Number);
}

/** Polls until the writer has acknowledged `count` batches more than now. */
async function writes(writer: ChildProcess, notes: string, count: number): Promise<void> {
  const size = () => statSync(notes, { throwIfNoEntry: false })?.size ?? 0;
  const enough = size() + count * 3;
  while (size() < enough) {
    assert.equal(writer.exitCode, null, 'the writer ended by itself');
    await sleep(2);
  }
}

/**
 * Opens what a crash left, and answers which acknowledged batches are missing: all of them when what is there
 * makes no sense.
 */
async function missing(t: TestContext, path: string, notes: readonly number[]): Promise<readonly number[]> {
  try {
    const keys = await storedKeys(path);
    return notes.filter((id) => !keys.has(`/left/${id}`));
  } catch (error) {
    t.diagnostic(describeError(error));
    return notes;
  }
}

/** All keys of a store in which every batch is there as a whole. */
async function storedKeys(path: string): Promise<ReadonlySet<string>> {
  const store = await SqliteStore.open({ path, clock });
  try {
    const { entries } = await store.list('/');
    const keys = new Set(entries.map((entry) => entry.key));
    for (const key of keys) {
      const twin = key.startsWith('/left/') ? key.replace('left', 'right') : key.replace('right', 'left');
      assert.ok(keys.has(twin), `${twin} is missing, and ${key} is there`);
    }
    assert.equal(store.revision, keys.size / 2);
    return keys;
  } finally {
    await store.close();
  }
}

test('kill -9 at random moments loses nothing that was acknowledged', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'store.db');
  const notes = join(folder, 'acknowledged');
  for (let round = 0; round < 10; round++) {
    const writer = startWriter(path, notes, 'full', round * 1_000_000);
    await writes(writer, notes, 1 + random.integer(300));
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const all = acknowledged(notes);
    assert.ok(all.length > round);
    assert.deepEqual(await missing(t, path, all), []);
  }
});

/** Stops every thread of the writer where it is, the one inside fsync as soon as it comes back. */
async function freeze(writer: ChildProcess): Promise<void> {
  writer.kill('SIGSTOP');
  const tasks = `/proc/${writer.pid}/task`;
  const stopped = () =>
    readdirSync(tasks).every((task) => / T /.test(readFileSync(join(tasks, task, 'stat'), 'utf8').replace(/.*\)/, '')));
  while (!stopped()) await sleep(1);
}

/**
 * Writes to a filesystem inside a file, and cuts the power: a copy of that file holds exactly what the
 * filesystem had sent to its disk, and nothing of what only the page cache knew. Answers how many
 * acknowledged batches were missing at each cut.
 */
async function cutPower(t: TestContext, durability: Durability, cuts: number): Promise<number[]> {
  const folder = temporaryFolder(t);
  const [disk, copy, notes] = [join(folder, 'disk'), join(folder, 'copy'), join(folder, 'acknowledged')];
  const [mounted, after] = [join(folder, 'mounted'), join(folder, 'after')];
  writeFileSync(disk, '');
  execFileSync('truncate', ['-s', '256M', disk]);
  execFileSync('mkfs.ext4', ['-q', '-F', disk]);
  // A long commit interval: nothing gets to the disk on its own while the test runs.
  mount(t, ['-o', 'loop,commit=900'], disk, mounted);
  const writer = startWriter(join(mounted, 'store.db'), notes, durability, 0);
  await once(writer, 'spawn');
  const missingAtCuts: number[] = [];
  try {
    for (let cut = 0; cut < cuts; cut++) {
      await writes(writer, notes, 1 + random.integer(200));
      await freeze(writer);
      const before = acknowledged(notes);
      execFileSync('cp', ['--sparse=always', disk, copy]);
      writer.kill('SIGCONT');
      mount(t, ['-o', 'loop'], copy, after);
      missingAtCuts.push((await missing(t, join(after, 'store.db'), before)).length);
      unmount(after);
    }
  } finally {
    writer.kill('SIGKILL');
    writer.kill('SIGCONT');
    await once(writer, 'exit');
    unmount(after);
    unmount(mounted);
  }
  return missingAtCuts;
}

function isRoot(t: TestContext): boolean {
  if (process.getuid?.() === 0) return true;
  t.skip('mounting a filesystem needs root');
  return false;
}

test('a power cut loses nothing that was acknowledged', async (t) => {
  if (!isRoot(t)) return;
  const cuts = 12;
  assert.deepEqual(
    await cutPower(t, 'full', cuts),
    Array.from({ length: cuts }, () => 0),
  );
});

test('the power-cut test would notice a store that does not sync', async (t) => {
  if (!isRoot(t)) return;
  const lost = await cutPower(t, 'none', 3);
  assert.ok(
    lost.some((count) => count > 0),
    `missing at each cut: ${lost.join()}`,
  );
});

test('a full disk refuses writes, keeps what it has, and works again when there is room', async (t) => {
  if (!isRoot(t)) return;
  const folder = temporaryFolder(t);
  const mounted = join(folder, 'mounted');
  mount(t, ['-t', 'tmpfs', '-o', 'size=4m'], 'tmpfs', mounted);
  const path = join(mounted, 'store.db');
  const filler = join(mounted, 'filler');
  writeFileSync(filler, Buffer.alloc(2 * 1024 * 1024));
  const store = await SqliteStore.open({ path, clock });
  const body = { text: 'x'.repeat(50_000) };
  let count = 0;
  let refusal: unknown;
  while (refusal === undefined && count < 200) {
    await store.append([{ key: `/k/${count}`, body, previous: 0 }]).then(
      () => count++,
      (error: unknown) => {
        refusal = error;
      },
    );
  }
  assert.ok(hasCode(refusal, 'unavailable'));
  assert.match(describeError(refusal), /disk is full/);
  assert.equal((await store.list('/k/')).entries.length, count);
  await assert.rejects(store.append([{ key: '/k/x', body }]), (error) => hasCode(error, 'unavailable'));
  // The second one conflicts only with a write that comes to nothing: that is no conflict.
  const twice = [body, body].map((one) => store.append([{ key: '/k/y', body: one, previous: 0 }]));
  for (const result of await Promise.allSettled(twice))
    assert.ok(result.status === 'rejected' && hasCode(result.reason, 'unavailable'));
  rmSync(filler);
  assert.equal(await store.append([{ key: '/later', body: { text: 'room' } }]), count + 1);
  await store.close();
  const again = await SqliteStore.open({ path, clock });
  assert.equal((await again.list('/')).entries.length, count + 1);
  await again.close();
  unmount(mounted);
});

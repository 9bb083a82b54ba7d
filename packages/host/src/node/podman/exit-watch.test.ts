import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { ExitWatch } from './exit-watch.ts';

const id = 'e'.repeat(64);

/** A watch over folders of its own, on virtual time, and the ends that it has told of. */
async function watching(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-exits-'));
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const world = { clock, random, ids: new SeededIds(random), log: silentLog };
  // From the kernel's folder of control groups to one of the test's.
  const watch = new ExitWatch(join(folder, 'exits'), join('../../../..', folder), world);
  await watch.start();
  t.after(() => {
    watch.stop();
    rmSync(folder, { recursive: true });
  });
  return { watch, clock, folder };
}

test('who ended before its start was heard of ended for the reason that was seen then', async (t) => {
  const { watch, folder } = await watching(t);
  const group = join(folder, `libpod-${id}`);
  mkdirSync(group);
  writeFileSync(join(group, 'memory.oom_control'), 'oom_kill 1\n');
  const told = new Promise((resolve) => watch.subscribe(resolve));
  writeFileSync(join(folder, 'exits', id), '137');
  assert.equal(await told, id);
  rmSync(group, { recursive: true });
  watch.follow(id, spawnSync('true').pid);
  assert.equal(watch.wasOutOfMemory(id), true);
  watch.forget(id);
  assert.equal(watch.wasOutOfMemory(id), false);
});

test('an end is told until somebody has seen it', async (t) => {
  const { watch, clock } = await watching(t);
  const ends: string[] = [];
  watch.subscribe((which) => ends.push(which));
  watch.follow(id, spawnSync('true').pid);
  const pass = () => clock.advance(5_000, () => Promise.resolve());
  await pass();
  await pass();
  assert.deepEqual(ends, [id, id]);
  watch.seen(id);
  await pass();
  assert.deepEqual(ends, [id, id]);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './test-support/network-harness.ts';

test('commands end with the program that gave them, however it ends', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-command-'));
  t.after(() => rm(folder, { recursive: true }));
  const told = join(folder, 'pid');
  const text = `
    import { script } from '${import.meta.resolve('./command.ts')}';
    await script('echo $$ > ${told}.new; mv ${told}.new ${told}; exec sleep 60');`;
  const program = spawn(process.execPath, ['--input-type=module', '--eval', text], { stdio: 'inherit' });
  while (!existsSync(told)) await sleep(10);
  const pid = Number(await readFile(told, 'utf8'));
  assert.ok(isAlive(pid));
  program.kill('SIGKILL');
  while (isAlive(pid)) await sleep(10);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, script } from './command.ts';

describe('commands', () => {
  test('say what they print, or why they failed', async () => {
    assert.equal(await run(['cat'], { input: 'as it was\n' }), 'as it was\n');
    assert.equal(await script('echo one; echo two'), 'one\ntwo\n');
    await assert.rejects(script('echo no rules >&2; exit 3'), {
      code: 'command-failed',
      message: /ended with 3: no rules/,
    });
    await assert.rejects(run(['no-such-program']), { code: 'tool-missing', message: /no-such-program/ });
    await assert.rejects(run(['sleep', '30'], { timeoutMs: 50 }), { code: 'command-failed', message: /SIGKILL/ });
  });

  test('end with the program that gave them, however it ends', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'godwit-command-'));
    t.after(() => rm(folder, { recursive: true }));
    const told = join(folder, 'pid');
    const text = `
      import { script } from '${import.meta.resolve('./command.ts')}';
      await script('echo $$ > ${told}.new; mv ${told}.new ${told}; exec sleep 60');`;
    const program = spawn(process.execPath, ['--input-type=module', '--eval', text], { stdio: 'inherit' });
    while (!existsSync(told)) await sleep(10);
    const pid = Number(await readFile(told, 'utf8'));
    assert.ok(existsSync(`/proc/${pid}`));
    program.kill('SIGKILL');
    while (existsSync(`/proc/${pid}`)) await sleep(10);
  });
});

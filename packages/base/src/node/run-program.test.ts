import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from './run-program.ts';

test('a program is given its input, its environment and its folder, and says what it wrote', async () => {
  const text = 'cat; printf " %s in %s" "$WHO" "$PWD"; echo careful >&2';
  const environment = { WHO: 'godwit' };
  const { stdout, stderr } = await runProgram('sh', ['-c', text], { input: 'here is', environment, folder: '/' });
  assert.deepEqual([stdout, stderr], ['here is godwit in /', 'careful\n']);
});

for (const endsWithUs of [false, true]) {
  test(`failures have the program's name and last words, ${endsWithUs ? 'also' : 'not'} where it ends with us`, async () => {
    const failed = {
      code: 'program-failed',
      details: { exitCode: 3, stderr: 'no rules\n' },
      message: /^sh -c .* ended with 3: no rules$/,
    };
    await assert.rejects(runProgram('sh', ['-c', 'echo no rules >&2; exit 3'], { endsWithUs }), failed);
    const missing = { code: 'program-missing', message: 'no-such-program is not installed' };
    await assert.rejects(runProgram('no-such-program', [], { endsWithUs }), missing);
    const killed = { code: 'program-failed', message: /SIGKILL/ };
    await assert.rejects(runProgram('sleep', ['30'], { timeoutMs: 50, endsWithUs }), killed);
    const stop = AbortSignal.abort(new Error('enough'));
    await assert.rejects(runProgram('sleep', ['30'], { signal: stop, endsWithUs }), { name: 'AbortError' });
  });
}

test('who gives a program up goes on when it has ended', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-program-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const giveUp = new AbortController();
  const told = join(folder, 'pid');
  const text = `echo $$ > ${told}.new; mv ${told}.new ${told}; exec sleep 60`;
  const running = runProgram('sh', ['-c', text], { signal: giveUp.signal });
  while (!existsSync(told)) await sleep(5);
  const pid = readFileSync(told, 'utf8').trim();
  giveUp.abort();
  await assert.rejects(running, { name: 'AbortError' });
  assert.equal(existsSync(`/proc/${pid}`), false);
});

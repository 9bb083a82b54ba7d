/** Machines and programs that end without a word: whoever is left knows what became of the other. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tinyKernel, waitFor } from './test-support/machine-host.ts';
import { MachineUnderTest, whyNoMachines } from './test-support/machine-under-test.ts';

const program = fileURLToPath(new URL('test-support/machine-program.ts', import.meta.url));

describe('a virtual machine on QEMU, when something ends,', { skip: whyNoMachines() ?? false }, () => {
  let tiny: MachineUnderTest;

  before(() => {
    tiny = new MachineUnderTest();
  });
  after(() => tiny.close());

  test('that switches itself off while nobody watches is known as stopped', async () => {
    tiny.start(tinyKernel);
    const stream = await tiny.shell();
    await stream.type('sleep 1; poweroff\n');
    await stream.readUntil('poweroff');
    stream.close();
    await tiny.leave();
    await waitFor('power off', () => /Power down|going down/.test(tiny.serialLog));
    await tiny.comeBack();
    await waitFor('phase Succeeded', () => tiny.status?.phase === 'Succeeded');
    await tiny.forget();
  });

  test('runs on after a kill -9 of the program, and is adopted', async () => {
    tiny.bind(tinyKernel);
    const other = spawn(process.execPath, [program, tiny.state, tiny.uid], { stdio: ['ignore', 'pipe', 'inherit'] });
    await lineOf(other, 'running');
    other.kill('SIGKILL');
    await once(other, 'exit');
    const { pid } = tiny;
    assert.ok(pid !== undefined, 'its QEMU has ended');
    await tiny.leave();
    await tiny.comeBack();
    await tiny.runs();
    assert.equal(tiny.pid, pid);
    await tiny.host.manager.stopAll(180_000);
    assert.equal(tiny.pid, undefined);
    assert.equal(tiny.status?.phase, 'Scheduled', 'the object is run again by the next start of the host');
  });

  test('has failed when its QEMU is killed', async () => {
    tiny.start(tinyKernel);
    await tiny.runs();
    process.kill(tiny.pid as number, 'SIGKILL');
    await waitFor('phase Failed', () => tiny.status?.phase === 'Failed');
    assert.equal(tiny.status?.reason, 'Crashed');
    await tiny.forget();
  });
});

async function lineOf(other: ChildProcess, word: string): Promise<void> {
  let text = '';
  for await (const part of other.stdout ?? []) {
    text += String(part);
    if (text.includes(word)) return;
  }
  throw new Error(`the program ended without saying ${word}: ${text}`);
}

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './godwit.ts';
import { runProgram } from './kubectl.ts';

/** The image of examples/myapp, as its README says. */
export async function buildMyapp(): Promise<void> {
  await build('myapp', join(projectRoot, 'examples/myapp'));
}

/** An image with a shell and the usual tools (busybox), for tests that look around inside. Answers its name. */
export async function buildShell(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-image-'));
  for (const name of ['bin', 'tmp', 'etc', 'root']) mkdirSync(join(folder, 'root', name), { recursive: true });
  copyFileSync('/bin/busybox', join(folder, 'root/bin/busybox'));
  const { stdout } = await runProgram('/bin/busybox', ['--list']);
  for (const name of stdout
    .trim()
    .split('\n')
    .filter((one) => one !== 'busybox')) {
    symlinkSync('busybox', join(folder, 'root/bin', name));
  }
  const command = 'echo started; trap exit TERM; while true; do sleep 1; done';
  const lines = ['FROM scratch', 'COPY root /', `CMD ["/bin/sh", "-c", "${command}"]`];
  writeFileSync(join(folder, 'Containerfile'), `${lines.join('\n')}\n`);
  await build('godwit-test-shell', folder);
  rmSync(folder, { recursive: true });
  return 'localhost/godwit-test-shell:latest';
}

/** The tiny guest, built once for all tests of this machine, also where two files want it at once. */
export async function buildTinyGuest(): Promise<void> {
  const folder = join(tmpdir(), 'godwit-test-guests');
  const main = join(projectRoot, 'apps/godwit/src/main.ts');
  const build = [process.execPath, main, 'image', 'tiny', '--state', folder];
  const { status, stdout, stderr } = await runProgram('flock', [`${folder}.lock`, ...build], { timeoutMs: 600_000 });
  assert.equal(status, 0, stdout + stderr);
}

async function build(name: string, folder: string): Promise<void> {
  const { status, stderr } = await runProgram('podman', ['build', '--network=none', '-t', name, folder]);
  assert.equal(status, 0, stderr);
}

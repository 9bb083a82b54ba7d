import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SystemClock } from '@godwit/base';
import { ImageFiles, ImageResolver } from '../images/index.ts';
import { FIRST_WORDS, firstProgramArchive } from './first-program.ts';
import { proveAcceleration } from './prove-acceleration.ts';

const TINY_IMAGE = 'localhost/godwit/tiny:latest';
const clock = new SystemClock();

test('without the device the answer is TCG at once', async () => {
  const answer = await proveAcceleration({ clock, folder: tmpdir(), device: '/dev/no-such-kvm' });
  assert.equal(answer.type, 'tcg');
  assert.match(answer.reason, /no \/dev\/no-such-kvm/);
});

test('the first program runs under a real kernel', async (t) => {
  const kernel = await tinyKernel(t);
  if (!kernel) return t.skip(`no image ${TINY_IMAGE}: godwit image tiny`);
  const folder = mkdtempSync(join(tmpdir(), 'godwit-prove-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'initrd'), firstProgramArchive());
  const args = [
    '-nodefaults',
    '-machine',
    'q35,sata=off',
    '-accel',
    'tcg',
    '-m',
    '256',
    '-display',
    'none',
    '-no-reboot',
  ];
  const files = [
    '-serial',
    'stdio',
    '-kernel',
    kernel,
    '-initrd',
    join(folder, 'initrd'),
    '-append',
    'console=ttyS0 quiet panic=-1',
  ];
  const { stdout } = spawnSync('qemu-system-x86_64', [...args, ...files], { timeout: 180_000 });
  assert.match(stdout.toString(), new RegExp(FIRST_WORDS));
});

test('the answer is proven once for a kernel and a boot', async (t) => {
  const kernel = await tinyKernel(t);
  if (!kernel) return t.skip(`no image ${TINY_IMAGE}: godwit image tiny`);
  const folder = mkdtempSync(join(tmpdir(), 'godwit-prove-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // A device that opens and is no KVM: QEMU says so, or hangs until the deadline.
  const first = await proveAcceleration({ clock, folder, kernels: [kernel], device: '/dev/null', deadlineMs: 3_000 });
  // Whoever tried again could not even begin.
  const program = '/no/such/program';
  const second = await proveAcceleration({ clock, folder, kernels: [kernel], device: '/dev/null', program });
  assert.deepEqual(second, first);
  assert.match(readFileSync(join(folder, 'acceleration.json'), 'utf8'), /"type":"(kvm|tcg)"/);
});

async function tinyKernel(t: TestContext): Promise<string | undefined> {
  if (spawnSync('podman', ['image', 'exists', TINY_IMAGE]).status !== 0) return undefined;
  const resolver = new ImageResolver({ stores: ['/var/lib/containers/storage'] });
  const folder = mkdtempSync(join(tmpdir(), 'godwit-prove-images-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const images = new ImageFiles(folder, resolver);
  return images.file(TINY_IMAGE, 'Never', '/boot/vmlinuz', 'test', new AbortController().signal);
}

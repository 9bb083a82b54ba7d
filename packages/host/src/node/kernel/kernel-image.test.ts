import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { directKernel } from './direct-kernel.ts';
import { unpackKernel } from './kernel-image.ts';
import { unpackLegacyLz4 } from './legacy-lz4.ts';

/** An ELF file that is nothing but headers and one note. */
function kernel(note: number): Buffer {
  const elf = Buffer.alloc(64 + 56 + 20);
  elf.writeUInt32LE(0x464c457f, 0);
  elf.writeBigUInt64LE(64n, 0x20);
  elf.writeUInt16LE(56, 0x36);
  elf.writeUInt16LE(1, 0x38);
  elf.writeUInt32LE(4, 64);
  elf.writeBigUInt64LE(120n, 64 + 8);
  elf.writeBigUInt64LE(20n, 64 + 32);
  elf.writeUInt32LE(4, 120);
  elf.writeUInt32LE(4, 124);
  elf.writeUInt32LE(note, 128);
  elf.write('Xen\0', 132);
  return elf;
}

/** A bzImage with this payload. */
function bzImage(payload: Buffer): Buffer {
  const setup = Buffer.alloc(2 * 512);
  setup[0x1f1] = 1;
  setup.write('HdrS', 0x202);
  setup.writeUInt32LE(0, 0x248);
  setup.writeUInt32LE(payload.length + 4, 0x24c);
  return Buffer.concat([setup, payload, Buffer.alloc(4)]);
}

test('a kernel with an entry for PVH is taken out of its bzImage', async () => {
  const unpacked = await unpackKernel(bzImage(gzipSync(kernel(18))));
  assert.deepEqual(unpacked, kernel(18));
});

test('a kernel without one, other bytes, and an ELF file as such stay as they are', async () => {
  assert.equal(await unpackKernel(bzImage(gzipSync(kernel(1)))), undefined);
  assert.equal(await unpackKernel(bzImage(Buffer.from('neither packed nor a kernel'))), undefined);
  assert.equal(await unpackKernel(kernel(18)), undefined);
  assert.equal(await unpackKernel(Buffer.alloc(2000)), undefined);
});

test('many machines of one kernel have it laid beside it once, and again when it was taken away with its image', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-kernel-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'vmlinuz');
  writeFileSync(path, bzImage(gzipSync(kernel(18))));
  for (let life = 0; life < 2; life++) {
    const found = await Promise.all([directKernel(path), directKernel(path), directKernel(path)]);
    assert.deepEqual(new Set(found), new Set([`${path}.elf`]));
    assert.deepEqual(readFileSync(`${path}.elf`), kernel(18));
    rmSync(`${path}.elf`);
  }
});

test('LZ4: literals, copies, runs that overlap themselves, and long lengths', async () => {
  const copied = Buffer.from([0x3a, 0x61, 0x62, 0x63, 3, 0]);
  const plain = Buffer.concat([Buffer.from([0xf0, 5]), Buffer.from('0123456789abcdefghij')]);
  const block = Buffer.concat([copied, plain]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(block.length);
  const packed = Buffer.concat([Buffer.from([0x02, 0x21, 0x4c, 0x18]), size, block]);
  assert.equal((await unpackLegacyLz4(packed)).toString(), `${'abc'.repeat(5)}ab0123456789abcdefghij`);
});

import { spawnSync } from 'node:child_process';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { unpackLegacyLz4 } from './lz4.ts';

/** Offsets in the header of a bzImage (Documentation/arch/x86/boot.rst of Linux). */
const SETUP_SECTORS = 0x1f1;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR = 512;

const ELF_MAGIC = 0x464c457f;

/**
 * The kernel inside a bzImage as an ELF file, which QEMU starts by PVH: without KVM, unpacking it in the guest takes
 * longer than all the rest of its way to userland. Undefined where it is packed in a way that cannot be read here.
 */
export function unpackKernel(image: Buffer): Buffer | undefined {
  const start = ((image[SETUP_SECTORS] as number) + 1) * SECTOR + image.readUInt32LE(PAYLOAD_OFFSET);
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH));
  const kernel = unpack(payload);
  return kernel !== undefined && kernel.readUInt32LE(0) === ELF_MAGIC ? kernel : undefined;
}

/** The last four bytes of a payload are its unpacked size, and no part of the packed data. */
function unpack(payload: Buffer): Buffer | undefined {
  const magic = payload.readUInt32LE(0);
  const packed = payload.subarray(0, payload.length - 4);
  if (magic === 0x184c2102) return unpackLegacyLz4(packed);
  if ((magic & 0xffff) === 0x8b1f) return gunzipSync(packed);
  if (magic === 0xfd2fb528) return zstdDecompressSync(packed);
  if (magic === 0x587a37fd) return unpackXz(packed);
  return undefined;
}

/** By the program of xz-utils: Node has no such library. Undefined where it is not installed or fails. */
export function unpackXz(packed: Buffer): Buffer | undefined {
  const limit = 512 * 1024 * 1024;
  const result = spawnSync('xz', ['--decompress', '--stdout', '--single-stream'], { input: packed, maxBuffer: limit });
  return result.status === 0 ? result.stdout : undefined;
}

import { spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { unpackLegacyLz4 } from './legacy-lz4.ts';

/** Offsets in the header of a bzImage (Documentation/arch/x86/boot.rst of Linux). */
const HEADER_MAGIC = 0x202;
const SETUP_SECTORS = 0x1f1;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR = 512;

const ELF_MAGIC = 0x464c457f;
/** Program header of notes, and the note that names the entry for PVH (XEN_ELFNOTE_PHYS32_ENTRY). */
const PT_NOTE = 4;
const PVH_ENTRY_NOTE = 18;

const gunzipAsync = promisify(gunzip);
const zstdAsync = promisify(zstdDecompress);

/**
 * The kernel inside a bzImage, as an ELF file that can be started by PVH. Undefined where the bytes are no bzImage, are
 * packed in a way that cannot be read here, or hold a kernel that was built without PVH.
 */
export async function unpackKernel(image: Buffer): Promise<Buffer | undefined> {
  if (image.length < PAYLOAD_LENGTH + 4 || image.toString('latin1', HEADER_MAGIC, HEADER_MAGIC + 4) !== 'HdrS') {
    return undefined;
  }
  const start = ((image[SETUP_SECTORS] as number) + 1) * SECTOR + image.readUInt32LE(PAYLOAD_OFFSET);
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH));
  if (payload.length < 8) return undefined;
  const kernel = await unpack(payload);
  return kernel !== undefined && startsByPvh(kernel) ? kernel : undefined;
}

/** The last four bytes of a payload are its unpacked size, and no part of the packed data. */
async function unpack(payload: Buffer): Promise<Buffer | undefined> {
  const magic = payload.readUInt32LE(0);
  const packed = payload.subarray(0, payload.length - 4);
  if (magic === 0x184c2102) return unpackLegacyLz4(packed);
  if ((magic & 0xffff) === 0x8b1f) return gunzipAsync(packed);
  if (magic === 0xfd2fb528) return zstdAsync(packed);
  if (magic === 0x587a37fd) return unpackXz(packed);
  return undefined;
}

/** By the program of xz-utils: Node has no such library. Undefined where it is not installed or fails. */
export function unpackXz(packed: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const child = spawn('xz', ['--decompress', '--stdout', '--single-stream'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stdin.on('error', () => undefined);
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(parts) : undefined));
    child.stdin.end(packed);
  });
}

/** Whether an ELF file of 64 bits has the note by which QEMU finds its entry. */
function startsByPvh(kernel: Buffer): boolean {
  if (kernel.length < 64 || kernel.readUInt32LE(0) !== ELF_MAGIC) return false;
  const headers = Number(kernel.readBigUInt64LE(0x20));
  const size = kernel.readUInt16LE(0x36);
  return Array.from({ length: kernel.readUInt16LE(0x38) }).some((_, index) => {
    const at = headers + index * size;
    if (kernel.readUInt32LE(at) !== PT_NOTE) return false;
    const offset = Number(kernel.readBigUInt64LE(at + 8));
    return hasPvhNote(kernel.subarray(offset, offset + Number(kernel.readBigUInt64LE(at + 32))));
  });
}

function hasPvhNote(notes: Buffer): boolean {
  const rounded = (length: number) => Math.ceil(length / 4) * 4;
  for (let at = 0; at + 12 <= notes.length; ) {
    const nameLength = notes.readUInt32LE(at);
    const isXen = notes.toString('latin1', at + 12, at + 15) === 'Xen';
    if (isXen && notes.readUInt32LE(at + 8) === PVH_ENTRY_NOTE) return true;
    at += 12 + rounded(nameLength) + rounded(notes.readUInt32LE(at + 4));
  }
  return false;
}

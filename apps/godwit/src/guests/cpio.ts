/** A file, folder or link of an archive, by its path without a leading slash. */
export interface ArchiveEntry {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

const FOLDER = 0o040_000;
const FILE = 0o100_000;
const LINK = 0o120_000;

export function archiveFolder(path: string, mode = 0o755): ArchiveEntry {
  return { path, mode: FOLDER | mode, bytes: new Uint8Array() };
}

export function archiveFile(path: string, bytes: Uint8Array, mode = 0o644): ArchiveEntry {
  return { path, mode: FILE | mode, bytes };
}

export function archiveLink(path: string, target: string): ArchiveEntry {
  return { path, mode: LINK | 0o777, bytes: new TextEncoder().encode(target) };
}

/**
 * An archive in the `newc` format, in which Linux takes its initial RAM disk (Documentation/driver-api/early-userspace).
 * Everything in it belongs to root, with the same time stamp always: the same entries give the same bytes.
 */
export function cpio(entries: readonly ArchiveEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  const all = [...entries, { path: 'TRAILER!!!', mode: 0, bytes: new Uint8Array() }];
  for (const [index, { path, mode, bytes }] of all.entries()) {
    const name = Buffer.from(`${path}\0`);
    // Fields: inode, mode, uid, gid, links, time, size, device ×2, special device ×2, name's length, checksum.
    const fields = [index + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length, 0];
    const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
    parts.push(padded(Buffer.concat([header, name])), padded(bytes));
  }
  return Buffer.concat(parts);
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}

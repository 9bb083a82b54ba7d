import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ArchiveEntry, archiveFile, archiveFolder, archiveLink, cpio } from '../cpio.ts';
import { unpackPackage } from '../debian-package.ts';
import type { GuestOptions } from '../guest-options.ts';

/** The small SSH server, and what it is linked with. */
const PACKAGES = ['dropbear-bin', 'libc6', 'libcrypt1', 'libtomcrypt1', 'libtommath1', 'zlib1g', 'libgmp10'];
const WANTED =
  /(sbin\/dropbear|bin\/dropbearkey|\/(ld-linux-x86-64|libc|libcrypt|libtomcrypt|libtommath|libz|libgmp)\.so[.0-9]*)$/;

/**
 * What the guest needs to answer SSH, packed: it is unpacked when somebody brings a key, and guests without one keep
 * its 4 MB of memory for themselves.
 */
export async function remoteLogin(options: GuestOptions): Promise<ArchiveEntry> {
  const entries: ArchiveEntry[] = [
    archiveFolder('lib64'),
    archiveFolder('usr'),
    archiveFolder('usr/lib'),
    archiveFolder('usr/sbin'),
  ];
  for (const name of PACKAGES) {
    const { folder } = await unpackPackage(name, options);
    for (const path of (await readdir(folder, { recursive: true })).filter((entry) => WANTED.test(entry))) {
      const entry = await entryOf(join(folder, path), placeOf(path));
      if (entry) entries.push(entry);
    }
  }
  return archiveFile('lib/login.cpio.gz', gzipSync(cpio(entries), { level: 9 }));
}

/** All libraries in one folder, where the loader looks without being told. */
function placeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('ld-linux')) return `lib64/${name}`;
  return name.includes('.so') ? `usr/lib/${name}` : `usr/sbin/${name}`;
}

async function entryOf(path: string, place: string): Promise<ArchiveEntry | undefined> {
  if (!(await lstat(path)).isSymbolicLink()) return archiveFile(place, await readFile(path), 0o755);
  const target = await readlink(path);
  const name = target.slice(target.lastIndexOf('/') + 1);
  // The loader is linked from one folder to another, and here both are one.
  return place.endsWith(`/${name}`) ? undefined : archiveLink(place, name);
}

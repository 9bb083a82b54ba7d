import { mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '@godwit/base/node';
import { unpackPackage } from './debian-package.ts';
import type { GuestOptions } from './guest-options.ts';

const SECTOR = 512;
/** Where the first partition begins, as partition tables have it since 2010. */
const FIRST_SECTOR = 2048;
const MIB = 1024 * 1024;
const TYPE_FAT16 = 0x0e;
const TYPE_LINUX = 0x83;

export interface BootDisk {
  /** A bzImage. */
  readonly kernel: Uint8Array;
  readonly initrd: Uint8Array;
  readonly kernelArguments: string;
  /** File with a file system for a second partition. */
  readonly root?: string;
  /** The qcow2 file to write. */
  readonly target: string;
}

interface Partition {
  readonly type: number;
  readonly firstSector: number;
  readonly sectors: number;
}

/**
 * A disk that a BIOS boots: a FAT partition with the kernel, by syslinux out of Debian's packages, and the guest's file
 * system after it. Nothing is mounted, so it can be built in a container too.
 */
export async function buildBootDisk(disk: BootDisk, options: GuestOptions): Promise<void> {
  const draft = join(options.folder, 'boot-disk');
  const raw = join(draft, 'disk.raw');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const bootSectors = (Math.ceil((disk.kernel.length + disk.initrd.length) / MIB + 16) * MIB) / SECTOR;
  const boot: Partition = { type: TYPE_FAT16, firstSector: FIRST_SECTOR, sectors: bootSectors };
  const rootSectors = disk.root === undefined ? 0 : (await stat(disk.root)).size / SECTOR;
  const root: Partition = { type: TYPE_LINUX, firstSector: FIRST_SECTOR + bootSectors, sectors: rootSectors };
  await writeFile(raw, '');
  await truncate(raw, (root.firstSector + rootSectors) * SECTOR);
  const tools = await bootTools(options);
  await writeMasterBootRecord(raw, tools.masterBootRecord, rootSectors > 0 ? [boot, root] : [boot]);
  const run = (program: string, args: readonly string[]) => {
    const environment = { PATH: `${tools.path}:${process.env.PATH ?? ''}`, MTOOLS_SKIP_CHECK: '1' };
    return runProgram(program, args, { environment, ...(options.signal && { signal: options.signal }) });
  };
  if (disk.root !== undefined) {
    await run('dd', [
      `if=${disk.root}`,
      `of=${raw}`,
      'bs=1M',
      'oflag=seek_bytes',
      `seek=${root.firstSector * SECTOR}`,
      'conv=sparse,notrunc',
      'status=none',
    ]);
  }
  await writeBootPartition(disk, draft, raw, boot, run);
  await run('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'qcow2', raw, `${disk.target}.new`]);
  await runProgram('mv', ['-f', `${disk.target}.new`, disk.target]);
  await rm(draft, { recursive: true, force: true });
}

async function writeBootPartition(
  disk: BootDisk,
  draft: string,
  raw: string,
  { firstSector, sectors }: Partition,
  run: (program: string, args: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const partition = `${raw}@@${firstSector * SECTOR}`;
  const geometry = ['-T', String(sectors), '-h', '255', '-s', '63', '-H', String(firstSector)];
  await run('mformat', ['-i', partition, ...geometry, '-v', 'GODWIT', '::']);
  const menu = `serial 0\nprompt 0\ntimeout 0\ndefault linux\nlabel linux\n  kernel vmlinuz\n  append initrd=initrd ${disk.kernelArguments}\n`;
  const files: readonly (readonly [string, string | Uint8Array])[] = [
    ['vmlinuz', disk.kernel],
    ['initrd', disk.initrd],
    ['syslinux.cfg', menu],
  ];
  for (const [name, bytes] of files) {
    await writeFile(join(draft, name), bytes);
    await run('mcopy', ['-i', partition, join(draft, name), `::${name}`]);
  }
  await run('syslinux', ['--install', '--offset', String(firstSector * SECTOR), raw]);
}

async function bootTools(options: GuestOptions): Promise<{ path: string; masterBootRecord: Buffer }> {
  const syslinux = await unpackPackage('syslinux', options);
  const common = await unpackPackage('syslinux-common', options);
  const mtools = await unpackPackage('mtools', options);
  const path = [syslinux, mtools].map(({ folder }) => join(folder, 'usr/bin')).join(':');
  return { path, masterBootRecord: await readFile(join(common.folder, 'usr/lib/syslinux/mbr/mbr.bin')) };
}

/** Boot code, and a table whose first partition is active. */
async function writeMasterBootRecord(raw: string, code: Buffer, partitions: readonly Partition[]): Promise<void> {
  const sector = Buffer.alloc(SECTOR);
  code.copy(sector, 0, 0, 440);
  for (const [index, { type, firstSector, sectors }] of partitions.entries()) {
    const at = 446 + index * 16;
    // The old addresses by cylinder, head and sector say "beyond": everybody reads the two numbers after them.
    Buffer.from([index === 0 ? 0x80 : 0, 0xfe, 0xff, 0xff, type, 0xfe, 0xff, 0xff]).copy(sector, at);
    sector.writeUInt32LE(firstSector, at + 8);
    sector.writeUInt32LE(sectors, at + 12);
  }
  sector.writeUInt16LE(0xaa55, 510);
  const file = await open(raw, 'r+');
  try {
    await file.write(sector, 0, SECTOR, 0);
  } finally {
    await file.close();
  }
}

import { mkdir, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackPackage } from '../debian-package.ts';
import type { GuestOptions } from '../guest-options.ts';
import { runProgram } from '../run-program.ts';

const SECTOR = 512;
/** Where the only partition begins, as partition tables have it since 2010. */
const PARTITION_SECTOR = 2048;
const MIB = 1024 * 1024;
const FAT16_ACTIVE = [0x80, 0xfe, 0xff, 0xff, 0x0e, 0xfe, 0xff, 0xff];

export interface TinyDisk {
  readonly kernel: Uint8Array;
  readonly initrd: Uint8Array;
  readonly kernelArguments: string;
  /** The qcow2 file to write. */
  readonly target: string;
}

/**
 * A disk that a BIOS boots: one FAT partition with the kernel, by syslinux out of Debian's packages. Nothing is
 * mounted, so it can be built in a container too.
 */
export async function buildTinyDisk(disk: TinyDisk, options: GuestOptions): Promise<void> {
  const draft = join(options.folder, 'tiny-disk');
  const raw = join(draft, 'disk.raw');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const sizeBytes = Math.ceil((disk.kernel.length + disk.initrd.length) / MIB + 16) * MIB;
  await writeFile(raw, '');
  await truncate(raw, sizeBytes);
  const tools = await bootTools(options);
  await writeMasterBootRecord(raw, sizeBytes, tools.masterBootRecord);
  const partition = `${raw}@@${PARTITION_SECTOR * SECTOR}`;
  const run = (program: string, args: readonly string[]) => {
    const environment = { PATH: `${tools.path}:${process.env.PATH ?? ''}`, MTOOLS_SKIP_CHECK: '1' };
    return runProgram(program, args, { environment, ...(options.signal && { signal: options.signal }) });
  };
  const sectors = String(sizeBytes / SECTOR - PARTITION_SECTOR);
  await run('mformat', [
    '-i',
    partition,
    '-T',
    sectors,
    '-h',
    '255',
    '-s',
    '63',
    '-H',
    String(PARTITION_SECTOR),
    '-v',
    'GODWIT',
    '::',
  ]);
  const files: readonly (readonly [string, string | Uint8Array])[] = [
    ['vmlinuz', disk.kernel],
    ['initrd', disk.initrd],
    [
      'syslinux.cfg',
      `serial 0\nprompt 0\ntimeout 0\ndefault tiny\nlabel tiny\n  kernel vmlinuz\n  append initrd=initrd ${disk.kernelArguments}\n`,
    ],
  ];
  for (const [name, bytes] of files) {
    await writeFile(join(draft, name), bytes);
    await run('mcopy', ['-i', partition, join(draft, name), `::${name}`]);
  }
  await run('syslinux', ['--install', '--offset', String(PARTITION_SECTOR * SECTOR), raw]);
  await run('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'qcow2', raw, `${disk.target}.new`]);
  await runProgram('mv', ['-f', `${disk.target}.new`, disk.target]);
  await rm(draft, { recursive: true, force: true });
}

async function bootTools(options: GuestOptions): Promise<{ path: string; masterBootRecord: Buffer }> {
  const [syslinux, common, mtools] = await Promise.all(
    ['syslinux', 'syslinux-common', 'mtools'].map((name) => unpackPackage(name, options)),
  );
  const folders = [syslinux, mtools].map((unpacked) => join((unpacked as { folder: string }).folder, 'usr/bin'));
  const record = join((common as { folder: string }).folder, 'usr/lib/syslinux/mbr/mbr.bin');
  return { path: folders.join(':'), masterBootRecord: await readFile(record) };
}

/** Boot code, and a table with one active partition. */
async function writeMasterBootRecord(raw: string, sizeBytes: number, code: Buffer): Promise<void> {
  const sector = Buffer.alloc(SECTOR);
  code.copy(sector, 0, 0, 440);
  Buffer.from(FAT16_ACTIVE).copy(sector, 446);
  sector.writeUInt32LE(PARTITION_SECTOR, 446 + 8);
  sector.writeUInt32LE(sizeBytes / SECTOR - PARTITION_SECTOR, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  const file = await open(raw, 'r+');
  try {
    await file.write(sector, 0, SECTOR, 0);
  } finally {
    await file.close();
  }
}

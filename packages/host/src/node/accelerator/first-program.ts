/** What the first program of the proving guest says before it switches the machine off. */
export const FIRST_WORDS = 'godwit: userland is reached';

/** Address at which the program is loaded. */
const BASE = 0x400000;
const HEADERS = 64 + 56;

/**
 * A whole initial RAM disk: `/init`, a program of some dozen instructions that writes one line to the console it was
 * given and restarts the machine. Made here, so that proving KVM needs nothing but a kernel.
 */
export function firstProgramArchive(): Buffer {
  const program = firstProgram();
  return Buffer.concat([record('init', 0o100755, program), record('TRAILER!!!', 0, Buffer.alloc(0))]);
}

/** An ELF file for x86-64 with one segment: headers, code, text (System V ABI, AMD64 supplement). */
function firstProgram(): Buffer {
  const text = Buffer.from(`${FIRST_WORDS}\n`);
  const code = instructions(text.length);
  code.writeUInt32LE(BASE + HEADERS + code.length, TEXT_ADDRESS_AT);
  const size = HEADERS + code.length + text.length;
  const elf = Buffer.alloc(HEADERS);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(62, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(BASE + HEADERS), 24);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  // The segment: loadable, readable and executable, the whole file.
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(5, 68);
  elf.writeBigUInt64LE(BigInt(BASE), 80);
  elf.writeBigUInt64LE(BigInt(BASE), 88);
  elf.writeBigUInt64LE(BigInt(size), 96);
  elf.writeBigUInt64LE(BigInt(size), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([elf, code, text]);
}

/** Where in the code the address of the text has to be filled in. */
const TEXT_ADDRESS_AT = 11;

function instructions(length: number): Buffer {
  const write = [0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0xbe, 0, 0, 0, 0, 0xba, length, 0, 0, 0];
  const reboot = [0xb8, 169, 0, 0, 0, 0xbf, 0xad, 0xde, 0xe1, 0xfe, 0xbe, 0x69, 0x19, 0x12, 0x28];
  const restart = [0xba, 0x67, 0x45, 0x23, 0x01];
  const systemCall = [0x0f, 0x05];
  const forEver = [0xeb, 0xfe];
  // write(1, text, length); reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, RESTART); and rest, should it be refused.
  return Buffer.from([write, systemCall, reboot, restart, systemCall, forEver].flat());
}

/** One entry of a `newc` archive. */
function record(name: string, mode: number, bytes: Buffer): Buffer {
  const title = Buffer.from(`${name}\0`);
  const fields = [1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, title.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded(Buffer.concat([header, title])), padded(bytes)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

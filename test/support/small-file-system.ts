import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '@godwit/base';
import { runProgram } from './kubectl.ts';

/** A file system that is easily full, mounted on a folder. */
export class SmallFileSystem {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  static async mount(folder: string, size: string): Promise<SmallFileSystem> {
    await succeed('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'godwit-test', folder]);
    return new SmallFileSystem(folder);
  }

  /** Writes until there is no space left. */
  fill(): void {
    const file = openSync(join(this.folder, 'filling'), 'w');
    const block = Buffer.alloc(1 << 16);
    for (let size = block.length; size > 0; ) {
      if (!wrote(file, block.subarray(0, size))) size >>= 1;
    }
    closeSync(file);
  }

  /** Takes that away again. */
  free(): void {
    rmSync(join(this.folder, 'filling'));
  }

  async resize(size: string): Promise<void> {
    await succeed('mount', ['-o', `remount,size=${size}`, this.folder]);
  }

  async unmount(): Promise<void> {
    await succeed('umount', [this.folder]);
  }
}

function wrote(file: number, bytes: Uint8Array): boolean {
  try {
    writeSync(file, bytes);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOSPC')) return false;
    throw error;
  }
}

async function succeed(program: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runProgram(program, args);
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`);
}

import { closeSync, openSync, readSync } from 'node:fs';

const shared = Buffer.allocUnsafe(64 * 1024);

/**
 * A file of /proc or of a control group that is read again and again: it stays open and is read from its beginning,
 * without leaving the thread, since the kernel answers from memory. That is ten times cheaper than `readFile`.
 */
export class KernelFile {
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** What it says now, up to 64 KiB; undefined when what it tells of is gone. */
  read(): string | undefined {
    try {
      this.#descriptor ??= openSync(this.#path, 'r');
      const length = readSync(this.#descriptor, shared, 0, shared.length, 0);
      return shared.toString('latin1', 0, length);
    } catch {
      this.close();
      return undefined;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

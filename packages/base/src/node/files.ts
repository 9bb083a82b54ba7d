import { open, stat } from 'node:fs/promises';
import { hasCode } from '../index.ts';

/** What reading a file or folder gives, or undefined where there is none. Every other failure goes on. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether there is a file or folder. A link that leads nowhere is none. */
export async function exists(path: string): Promise<boolean> {
  return (await ifThere(stat(path))) !== undefined;
}

/** At most the last `mostBytes` of a file; undefined where there is none. */
export async function tail(path: string, mostBytes: number): Promise<Uint8Array | undefined> {
  const file = await ifThere(open(path, 'r'));
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, mostBytes);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

import { readFile } from 'node:fs/promises';

/** Whether something is mounted at a folder, by the kernel's own list. */
export async function isMountPoint(folder: string): Promise<boolean> {
  const escaped = folder.replace(/[ \t\n\\]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines.some((line) => line.split(' ')[4] === escaped);
}

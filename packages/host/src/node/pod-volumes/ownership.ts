import { chmod, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SET_GROUP = 0o2000;

/**
 * Gives a volume to a group, as fsGroup asks: everything in it belongs to the group and can be read and
 * written by it, and new files inherit the group.
 * @param onlyOnMismatch skip when the top folder is right already (`fsGroupChangePolicy: OnRootMismatch`)
 */
export async function giveToGroup(folder: string, group: number, onlyOnMismatch: boolean): Promise<void> {
  const top = await stat(folder);
  if (onlyOnMismatch && top.gid === group && (top.mode & SET_GROUP) !== 0) return;
  await giveOne(folder, group);
}

async function giveOne(path: string, group: number): Promise<void> {
  const facts = await lstat(path);
  await lchown(path, facts.uid, group);
  if (facts.isSymbolicLink()) return;
  if (!facts.isDirectory()) {
    await chmod(path, (facts.mode & 0o7777) | 0o060);
    return;
  }
  await chmod(path, (facts.mode & 0o7777) | SET_GROUP | 0o070);
  for (const name of await readdir(path)) await giveOne(join(path, name), group);
}

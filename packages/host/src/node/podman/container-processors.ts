import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { numbersOf } from '../kernel-list.ts';
import { CGROUP_ROOT } from './container-cgroup.ts';

/**
 * Lets everything below a control group run on these processors only, now and later. Cgroup v2 needs one file for
 * that; in v1 a group must lie within the one above it at any moment, so going down widens and going up narrows.
 * Answers whether the kernel has done it.
 */
export async function confineGroup(cgroupPath: string, processors: readonly number[]): Promise<boolean> {
  const v1 = join(CGROUP_ROOT, 'cpuset');
  const whole = await readFile(join(v1, 'cpuset.cpus'), 'utf8').catch(() => undefined);
  const isV1 = whole !== undefined;
  const top = join(isV1 ? v1 : CGROUP_ROOT, cgroupPath);
  const list = processors.join();
  const all = whole ?? (await readFile(join(CGROUP_ROOT, 'cpuset.cpus.effective'), 'utf8').catch(() => ''));
  // What is not there, or not there any more, is not confined.
  if (!existsSync(top) && sameList(all.trim(), processors)) return true;
  await mkdir(top, { recursive: true });
  if (isV1) await inheritMemoryNodes(top);
  const folders = isV1 ? await treeOf(top) : [top];
  for (const folder of [...folders, ...folders.toReversed()]) {
    await writeFile(join(folder, 'cpuset.cpus'), list).catch(() => undefined);
  }
  const now = (await readFile(join(top, 'cpuset.cpus'), 'utf8').catch(() => '')).trim();
  return sameList(now, processors);
}

/** A group without memory nodes takes no processes. */
async function inheritMemoryNodes(folder: string): Promise<void> {
  const path = join(folder, 'cpuset.mems');
  if ((await readFile(path, 'utf8')).trim() !== '') return;
  await writeFile(path, (await readFile(join(dirname(folder), 'cpuset.mems'), 'utf8')).trim());
}

/** A group and all below it, each after the one above it. */
async function treeOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => treeOf(join(folder, entry.name))),
  );
  return [folder, ...below.flat()];
}

function sameList(text: string, processors: readonly number[]): boolean {
  const numbers = numbersOf(text);
  return numbers.length === processors.length && numbers.every((number) => processors.includes(number));
}

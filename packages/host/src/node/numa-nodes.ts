import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numbersOf } from './kernel-list.ts';

const NODES = '/sys/devices/system/node';

/** Processors of each NUMA node of this host, by number; undefined where the kernel does not say. */
export async function readNumaNodes(folder = NODES): Promise<readonly (readonly number[])[] | undefined> {
  const names = await readdir(folder).catch(() => []);
  const nodes = names.filter((name) => /^node\d+$/.test(name)).toSorted((a, b) => numberOf(a) - numberOf(b));
  const lists = await Promise.all(nodes.map((name) => readFile(join(folder, name, 'cpulist'), 'utf8').catch(() => '')));
  const processors = lists.map(numbersOf).filter((numbers) => numbers.length > 0);
  return processors.length > 0 ? processors : undefined;
}

const numberOf = (name: string) => Number(name.slice('node'.length));

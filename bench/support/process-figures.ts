import { readdirSync, readFileSync } from 'node:fs';

/** Proportional set size of a process, in bytes: shared pages count by share. */
export function proportionalSetSize(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Memory of a process that is in core now, in bytes: quick to ask for, so that a peak can be looked for. */
export function residentSetSize(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
}

/** User and system time that a process has used, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** `pid` and all that descend from it. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const belongs = (one: number): boolean => one === pid || (parents.has(one) && belongs(parents.get(one) as number));
  return [...parents.keys()].filter(belongs);
}

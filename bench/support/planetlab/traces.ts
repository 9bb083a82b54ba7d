import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Failure } from '@godwit/base';
import { filesOfTar } from '../tar.ts';
import { STEPS } from './model.ts';

/**
 * Processor use of PlanetLab's machines by day: one array a machine, in the bytewise order of file names, of the
 * share wanted at each step. The last sample stands for the end of the day, too.
 */
export function readDays(folder: string): ReadonlyMap<string, readonly Float64Array[]> {
  const path = join(folder, 'planetlab', 'planetlab-3days.tar.gz');
  if (!existsSync(path)) throw new Failure('not-found', `there is no ${path}`);
  const files = [...filesOfTar(gunzipSync(readFileSync(path)))].toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.path, 'latin1'), Buffer.from(b.path, 'latin1')),
  );
  const days = new Map<string, Float64Array[]>();
  for (const { path: name, content } of files) {
    const day = name.split('/').at(-2) ?? '';
    const samples = content.toString('latin1').trim().split(/\s+/).map(Number);
    const demand = new Float64Array(STEPS + 1);
    for (let step = 0; step <= STEPS; step++) demand[step] = (samples[Math.min(step, STEPS - 1)] ?? 0) / 100;
    const machines = days.get(day);
    if (machines) machines.push(demand);
    else days.set(day, [demand]);
  }
  return days;
}

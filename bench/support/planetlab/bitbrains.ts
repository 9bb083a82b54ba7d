import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Failure } from '@godwit/base';
import { STEP_SECONDS, STEPS } from './model.ts';

/** Days of each machine that are taken: twenty of fifty machines are a thousand. */
const DAYS = 20;

/**
 * Processor use of fifty machines of a Dutch data centre over a month (GWA-T-12), each of the first twenty days of each
 * as a machine of its own: the share wanted at each step of a day. A sample that stands for longer holds for all of it.
 */
export function readBitbrains(folder: string): readonly Float64Array[] {
  const path = join(folder, 'bitbrains', 'fragments.csv.gz');
  if (!existsSync(path)) throw new Failure('not-found', `there is no ${path}`);
  const rows = (text: string) =>
    text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
  const capacities = new Map<number, number>();
  for (const [id = 0, , , count = 0, capacity = 0] of rows(
    readFileSync(join(folder, 'bitbrains', 'tasks.csv'), 'utf8'),
  )) {
    capacities.set(id, count * capacity);
  }
  const samples = new Map<number, number[]>();
  for (const [id = 0, duration = 0, usage = 0] of rows(gunzipSync(readFileSync(path)).toString('latin1'))) {
    const machine = samples.get(id) ?? [];
    samples.set(id, machine);
    const share = Math.min(1, Math.max(0, usage / (capacities.get(id) || 1)));
    for (let step = 0; step < Math.round(duration / 1000 / STEP_SECONDS); step++) machine.push(share);
  }
  return [...samples.values()].flatMap((machine) =>
    Array.from({ length: DAYS }, (_, day) => {
      const from = day * STEPS;
      return Float64Array.from({ length: STEPS + 1 }, (_each, step) => machine[from + step] ?? 0);
    }),
  );
}

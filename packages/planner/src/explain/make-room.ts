/** How much room would have to be made for a machine, and who could make it by moving. */
import type { Question } from '../survey/index.ts';
import type { Measure } from './measure.ts';
import { helpfulMove, type InTheWay } from './moving.ts';
import { anyHost, readableAtLeast } from './words.ts';

/** Making room helps as far as a host is large enough; beyond that only asking for less does, or a larger host. */
export function roomRemedies(measure: Measure, rows: readonly number[], question: Question): string[] {
  const { needed, whole } = measure;
  const missing = (row: number) => needed - measure.room(row);
  const large = rows.filter((row) => whole(row) >= needed);
  const smaller = less(
    measure,
    rows.reduce((least, row) => Math.min(least, missing(row)), measure.needed),
  );
  const ask = smaller === undefined ? [] : [`ask for ${smaller}`];
  if (large.length === 0) return [...ask, largerHost(measure, rows)];
  const smallest = large.reduce((found, row) => Math.min(found, missing(row)), Number.POSITIVE_INFINITY);
  const equal = large.filter((row) => missing(row) === smallest);
  const names = equal.map((row) => question.snapshot.hosts[row]?.name ?? '');
  const nearest = large.length > equal.length ? large.toSorted((a, b) => missing(a) - missing(b)) : large;
  const move = helpfulMove(largeEnough(nearest, missing, measure, question), question);
  return [`${freeing(measure, smallest)} ${anyHost(names)}`, ...(move ? [move] : []), ...ask];
}

/** `free 2 GiB more memory on`, `take 1 machine off`. */
export function freeing({ name }: Measure, amount: number): string {
  if (name === 'pods') return `take ${amount} ${amount === 1 ? 'machine' : 'machines'} off`;
  return `free ${readableAtLeast(name, amount)} more ${name} on`;
}

/** `2 GiB less memory`, `no nvidia.com/gpu`; undefined where a machine can not do with so much less. */
export function less({ name, needed }: Measure, amount: number): string | undefined {
  if (name === 'pods') return undefined;
  if (amount < needed) return `${readableAtLeast(name, amount)} less ${name}`;
  return name === 'memory' || name === 'cpu' ? undefined : `no ${name}`;
}

/** @param rows hosts of which none is large enough */
function largerHost({ name, whole }: Measure, rows: readonly number[]): string {
  return rows.some((row) => whole(row) > 0) ? 'add a larger host' : `add a host with ${name}`;
}

/** Machines without which there might be room, smaller ones first, host by host. */
function* largeEnough(
  rows: readonly number[],
  missing: (row: number) => number,
  { takenBy }: Measure,
  { snapshot }: Question,
): Iterable<InTheWay> {
  for (const row of rows) {
    const machines = snapshot
      .machinesOn(row)
      .map(({ request }) => request)
      .filter((machine) => takenBy(machine) >= missing(row))
      .sort((a, b) => takenBy(a) - takenBy(b));
    for (const machine of machines) yield { machine, row };
  }
}

/** How much room would have to be made for a machine, and who could make it by moving. */
import type { Question } from '../survey/index.ts';
import type { Measure } from './measure.ts';
import { helpfulMove, type InTheWay } from './moving.ts';
import type { Act, Remedy, Resource, Some, Wish } from './why-refused.ts';
import { some } from './words.ts';

/** Making room helps as far as a host is large enough; beyond that only asking for less does, or a larger host. */
export function roomRemedies(measure: Measure, rows: readonly number[], question: Question): Remedy {
  const { needed, whole } = measure;
  const missing = (row: number) => needed - measure.room(row);
  const large = rows.filter((row) => whole(row) >= needed);
  const smaller = less(measure, least(rows, missing, needed));
  const ask: Remedy = smaller ? [[{ is: 'ask', wishes: [smaller] }]] : [];
  if (large.length === 0) return [...ask, [largerHost(measure, rows)]];
  const smallest = least(large, missing, Number.POSITIVE_INFINITY);
  const equal = large.filter((row) => missing(row) === smallest);
  const names = equal.map((row) => question.snapshot.hosts[row]?.name ?? '');
  const move = helpfulMove(largeEnough(nearest(large, missing), missing, measure, question), question);
  return [[freeing(measure, smallest, some(names))], ...(move ? [[move]] : []), ...ask];
}

/** Most hosts on which somebody is looked for who could move: there may be very many. */
const MOST_SEARCHED = 64;

/** The hosts with the least missing, in that order. */
function nearest(rows: readonly number[], missing: (row: number) => number): readonly number[] {
  const found: { readonly row: number; readonly lacks: number }[] = [];
  for (const row of rows) {
    const lacks = missing(row);
    if (found.length === MOST_SEARCHED) {
      if (lacks >= (found.at(-1)?.lacks ?? 0)) continue;
      found.pop();
    }
    const before = found.findLastIndex((each) => each.lacks <= lacks);
    found.splice(before + 1, 0, { row, lacks });
  }
  return found.map(({ row }) => row);
}

function least(rows: readonly number[], missing: (row: number) => number, most: number): number {
  let found = most;
  for (const row of rows) found = Math.min(found, missing(row));
  return found;
}

const isNamed = (resource: Resource, ...names: readonly string[]) =>
  resource.is === 'named' && names.includes(resource.name);

/** Making that much more room on one of these hosts. */
export function freeing({ resource }: Measure, amount: number, hosts: Some<string>): Act {
  return isNamed(resource, 'pods')
    ? { is: 'take-off', count: amount, from: hosts }
    : { is: 'free', resource, amount, on: hosts };
}

/** Asking for so much less; undefined where a machine can not do with it. */
export function less({ resource, needed }: Measure, amount: number): Wish | undefined {
  if (isNamed(resource, 'pods')) return undefined;
  if (amount < needed) return { is: 'less', resource, amount };
  return isNamed(resource, 'memory', 'cpu') ? undefined : { is: 'none', resource };
}

/** @param rows hosts of which none is large enough */
function largerHost({ resource, whole }: Measure, rows: readonly number[]): Act {
  const isThere = rows.some((row) => whole(row) > 0);
  return isThere ? { is: 'add-larger-host' } : { is: 'add-host', traits: [{ is: 'amount', resource }] };
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

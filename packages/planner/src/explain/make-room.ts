/** How much room would have to be made for a machine, and who could make it by moving. */
import { cpuRoom, type HostTest, roomOf } from '../filters/index.ts';
import { reasons } from '../reason.ts';
import { withoutDevices } from '../request/common.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { prepareAllTests, type Question, questionOf, rankingsOf } from '../survey/index.ts';
import { machineName, readableAtLeast } from './words.ts';

/** The resources that machines have more or less of, by the reason that they lack. */
export const RESOURCE_OF: Readonly<Record<number, string>> = {
  [reasons.lacksCpu]: 'cpu',
  [reasons.lacksMemory]: 'memory',
  [reasons.lacksPods]: 'pods',
};

/** Most moves that are tried out before a refusal is told: thousands may be refused at once. */
const MOST_TRIALS = 4;
/** Most hosts that are named. */
const MOST_NAMED = 3;

/** How much of a resource hosts have left for such a machine. */
export function roomFor({ snapshot, request, policy }: Question, resource: string): (row: number) => number {
  return resource === 'cpu' ? cpuRoom(request, snapshot, policy) : roomOf(resource, snapshot, policy);
}

/** Making room helps as far as a host is large enough; beyond that only asking for less does, or a larger host. */
export function roomRemedy(resource: string, rows: readonly number[], question: Question): string {
  const { snapshot, request } = question;
  const needed = request.amounts[resource] ?? 0;
  const room = roomFor(question, resource);
  const missing = (row: number) => needed - room(row);
  const least = Math.min(needed, ...rows.map(missing));
  // A machine can not be less than one.
  const less = resource === 'pods' ? [] : [`ask for ${readableAtLeast(resource, least)} less ${resource}`];
  const empty = emptyRoom(resource, question);
  const large = rows.filter((row) => empty(row) >= needed);
  if (large.length === 0) return [...less, 'add a larger host'].join(', or ');
  const smallest = large.reduce((found, row) => Math.min(found, missing(row)), Number.POSITIVE_INFINITY);
  const equal = large.filter((row) => missing(row) === smallest);
  const names = equal.slice(0, MOST_NAMED).map((row) => snapshot.hosts[row]?.name ?? '');
  const free = `${freeing(resource, smallest)} ${anyOf(names, equal.length)}`;
  const nearest = large.length > equal.length ? large.toSorted((a, b) => missing(a) - missing(b)) : large;
  const move = helpfulMove(resource, nearest, missing, question);
  return [free, ...(move ? [move] : []), ...less].join(', or ');
}

/** `free 2 GiB more memory on`, `take 1 machine off`. */
export function freeing(resource: string, amount: number): string {
  if (resource === 'pods') return `take ${amount} ${amount === 1 ? 'machine' : 'machines'} off`;
  return `free ${readableAtLeast(resource, amount)} more ${resource} on`;
}

function anyOf(names: readonly string[], count: number): string {
  if (count === 1) return names[0] ?? '';
  return `any of ${count} hosts (${names.join(', ')}${count > names.length ? ', …' : ''})`;
}

/** What hosts would have if they were empty. */
function emptyRoom(resource: string, question: Question): (row: number) => number {
  const { used } = question.snapshot.columns(resource);
  const room = roomFor(question, resource);
  return (row) => room(row) + (used.values[row] ?? 0);
}

/** A machine on one of the hosts that has somewhere else to go, and without which there is room. */
function helpfulMove(
  resource: string,
  rows: readonly number[],
  missing: (row: number) => number,
  question: Question,
): string | undefined {
  let trials = 0;
  for (const row of rows) {
    const large = question.snapshot
      .machinesOn(row)
      .map((machine) => machine.request)
      .filter(({ amounts }) => (amounts[resource] ?? 0) >= missing(row))
      .sort((a, b) => (a.amounts[resource] ?? 0) - (b.amounts[resource] ?? 0));
    for (const machine of large) {
      if (trials++ >= MOST_TRIALS) return undefined;
      const target = newHomeOf(machine, row, question);
      if (target !== undefined) return `move ${machineName(machine, question.request)} to ${target}`;
    }
  }
  return undefined;
}

/** Where a machine could go so that the one in question has room in its place. The snapshot is as before afterwards. */
function newHomeOf(machine: MachineRequest, row: number, { snapshot, request, policy }: Question): string | undefined {
  const host = snapshot.hosts[row]?.name ?? '';
  snapshot.remove(machine.uid);
  try {
    const tests: readonly HostTest[] = prepareAllTests(questionOf(snapshot, request, policy));
    if (tests.some((test) => test(row) !== reasons.passes)) return undefined;
    snapshot.put(withoutDevices(request), host);
    const { best } = rankingsOf(snapshot).survey(questionOf(snapshot, machine, policy), 0);
    const other = best.find((candidate) => candidate.row !== row);
    return snapshot.hosts[other?.row ?? -1]?.name;
  } finally {
    snapshot.remove(request.uid);
    snapshot.put(machine, host);
  }
}

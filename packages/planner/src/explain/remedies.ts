/** What would make a machine fit: the smallest change of each kind, and a machine that could make room by moving. */
import { overcommitOf } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import { withoutDevices } from '../request/common.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { prepareAllTests, type Question, questionOf, rankingsOf } from '../survey/index.ts';
import { readableAmount } from './words.ts';

/** A host with one thing in the way. */
export interface Obstacle {
  readonly row: number;
  readonly reason: Reason;
}

/** The resource that a host lacks, by reason. */
export const RESOURCE_OF: Readonly<Record<number, string>> = {
  [reasons.lacksCpu]: 'cpu',
  [reasons.lacksMemory]: 'memory',
  [reasons.lacksPods]: 'pods',
};

/** Most moves that are tried out before a refusal is told: thousands may be refused at once. */
const MOST_TRIALS = 4;

/** How much of a resource a host has left to give out, as often as the policy gives it out. */
export function freeUnder({ snapshot, policy }: Question, resource: string, row: number): number {
  const ratio = overcommitOf(policy, resource);
  return snapshot.free(resource, row) + (ratio - 1) * (snapshot.columns(resource).capacity.values[row] ?? 0);
}

export function remediesOf(nearest: readonly Obstacle[], question: Question): string[] {
  const remedies: string[] = [];
  for (const reason of new Set(nearest.map((entry) => entry.reason))) {
    const rows = nearest.filter((entry) => entry.reason === reason).map(({ row }) => row);
    const remedy = remedyOf(reason, rows, question);
    if (remedy) remedies.push(remedy);
  }
  return remedies;
}

function remedyOf(reason: Reason, rows: readonly number[], question: Question): string | undefined {
  const name = question.snapshot.hosts[rows[0] ?? 0]?.name ?? '';
  const resource = RESOURCE_OF[reason];
  if (resource !== undefined) return resourceRemedy(resource, rows, question);
  switch (reason) {
    case reasons.isAsleep:
      return `wake ${name}`;
    case reasons.isUnschedulable:
      return `uncordon ${name}`;
    case reasons.hasTaint:
      return `tolerate the taint of ${name}, or remove it`;
    case reasons.selectorDoesNotMatch:
      return `give ${name} the labels that the machine asks for, or ask for others`;
    case reasons.portIsTaken:
      return `take another host port, or stop the machine on ${name} that has it`;
    case reasons.lacksGpus:
      return `free GPUs on ${name}, or ask for less of them`;
    case reasons.lacksCores:
      return `free whole cores on ${name}, or share cores with others`;
    case reasons.hasOtherTenant:
      return 'add a host for this tenant, or change who may share hosts';
    default:
      return undefined;
  }
}

/** Making room helps as far as the host is large enough; beyond that only asking for less does. */
function resourceRemedy(resource: string, rows: readonly number[], question: Question): string {
  const { snapshot, request, policy } = question;
  const needed = request.amounts[resource] ?? 0;
  const missing = (row: number) => needed - Math.max(0, freeUnder(question, resource, row));
  const least = Math.min(...rows.map(missing));
  const less = `ask for ${readableAmount(resource, least)} less ${resource}`;
  const ratio = overcommitOf(policy, resource);
  const large = rows.filter((row) => (snapshot.columns(resource).capacity.values[row] ?? 0) * ratio >= needed);
  if (large.length === 0) return `${less}, or add a larger host`;
  const smallest = Math.min(...large.map(missing));
  const equal = large.filter((row) => missing(row) === smallest);
  const names = equal.slice(0, 3).map((row) => snapshot.hosts[row]?.name);
  const more = equal.length > names.length ? ', …' : '';
  const where = equal.length === 1 ? names[0] : `any of ${equal.length} hosts (${names.join(', ')}${more})`;
  const free = `free ${readableAmount(resource, smallest)} more ${resource} on ${where}`;
  const move = helpfulMove(
    resource,
    large.toSorted((a, b) => missing(a) - missing(b)),
    missing,
    question,
  );
  return [free, ...(move ? [move] : []), less].join(', or ');
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
      if (target !== undefined) return `move ${nameOf(machine, question.request)} to ${target}`;
    }
  }
  return undefined;
}

/** Where a machine could go so that the one in question has room in its place. The snapshot is as before afterwards. */
function newHomeOf(machine: MachineRequest, row: number, { snapshot, request, policy }: Question): string | undefined {
  const host = snapshot.hosts[row]?.name ?? '';
  snapshot.remove(machine.uid);
  try {
    const fits = prepareAllTests(questionOf(snapshot, request, policy)).every((test) => test(row) === reasons.passes);
    if (!fits) return undefined;
    snapshot.put(withoutDevices(request), host);
    const { best } = rankingsOf(snapshot).survey(questionOf(snapshot, machine, policy), 0);
    const other = best.find((candidate) => candidate.row !== row);
    return snapshot.hosts[other?.row ?? -1]?.name;
  } finally {
    snapshot.remove(request.uid);
    snapshot.put(machine, host);
  }
}

/** `vm/web-1`, `pod/web-2`; with its namespace where that is another than the asker's. */
function nameOf({ kind, namespace, name }: MachineRequest, asker: MachineRequest): string {
  const short = kind === 'VirtualMachineInstance' ? 'vm' : kind.toLowerCase();
  return namespace === asker.namespace ? `${short}/${name}` : `${short}/${name} of namespace ${namespace}`;
}

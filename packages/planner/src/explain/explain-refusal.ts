import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Policy, spreadPolicy } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { prepareAllTests, questionOf } from '../survey/index.ts';
import { portTaken, readableAmount } from './words.ts';

const RESOURCE_OF: Readonly<Record<number, string>> = {
  [reasons.lacksCpu]: 'cpu',
  [reasons.lacksMemory]: 'memory',
  [reasons.lacksPods]: 'pods',
};

/** What is in the way, and what would help, in the words that `kubectl describe` shows. */
export interface RefusalText {
  /** `0/3 nodes are available: 1 Insufficient memory (needs 4 GiB, has 2.1 GiB free), 2 node(s) …` */
  readonly message: string;
  /** What would make it fit, the least first; empty where nothing simple would. */
  readonly remedies: readonly string[];
}

/**
 * Asks every question about every host once more, without stopping at the first no, and puts the answers
 * into words. Only for machines that were refused: it takes its time.
 */
export function explainRefusal(
  snapshot: Snapshot,
  request: MachineRequest,
  policy: Policy = spreadPolicy,
): RefusalText {
  const tests = prepareAllTests(questionOf(snapshot, request, policy));
  const groups = new Map<string, { count: number; reason: Reason; rows: number[] }>();
  const nearest: { row: number; reason: Reason }[] = [];
  for (let row = 0; row < snapshot.rowCount; row++) {
    if (!snapshot.hosts[row]) continue;
    const found = tests.map((test) => test(row)).filter((reason) => reason !== reasons.passes);
    for (const reason of found) {
      const words = wordsOf(reason, row, snapshot, request);
      const group = groups.get(words) ?? { count: 0, reason, rows: [] };
      group.count++;
      group.rows.push(row);
      groups.set(words, group);
    }
    if (found.length === 1) nearest.push({ row, reason: found[0] as Reason });
  }
  const parts = [...groups].map(
    ([words, { count, reason, rows }]) => `${count} ${words}${amountsLeft(reason, rows, snapshot, request)}`,
  );
  const reasonsText = parts.length > 0 ? `: ${parts.sort().join(', ')}` : '';
  return {
    message: `0/${snapshot.hostCount} nodes are available${reasonsText}.`,
    remedies: remediesOf(nearest, snapshot, request),
  };
}

function wordsOf(reason: Reason, row: number, snapshot: Snapshot, request: MachineRequest): string {
  switch (reason) {
    case reasons.isNotReady:
      return 'node(s) were not ready';
    case reasons.isUnschedulable:
      return 'node(s) were unschedulable';
    case reasons.lacksCpu:
      return 'Insufficient cpu';
    case reasons.lacksMemory:
      return 'Insufficient memory';
    case reasons.lacksPods:
      return 'Too many pods';
    case reasons.lacksDevices:
      return `Insufficient ${missingDevice(row, snapshot, request)}`;
    case reasons.lacksGpus:
      return 'Insufficient free GPUs';
    case reasons.lacksCores:
      return 'Insufficient cores to itself';
    case reasons.hasOtherTenant:
      return 'node(s) were those of other tenants';
    case reasons.portIsTaken:
      return `node(s) where ${takenPort(row, snapshot, request)}`;
    case reasons.selectorDoesNotMatch:
      return "node(s) didn't match Pod's node affinity/selector";
    case reasons.hasOtherArchitecture:
      return `node(s) had another architecture than ${request.architecture}`;
    case reasons.hasTaint: {
      const taint = untoleratedTaint(snapshot.hosts[row]?.taints ?? [], request.tolerations);
      return `node(s) had untolerated taint {${taint?.key}: ${taint?.value ?? ''}}`;
    }
    case reasons.doesNotReachVolume:
      return 'node(s) had volume node affinity conflict';
    case reasons.hasNoFriends:
      return "node(s) didn't match pod affinity rules";
    case reasons.hasFoes:
      return "node(s) didn't match pod anti-affinity rules";
    case reasons.isKeptAway:
      return "node(s) didn't satisfy existing pods anti-affinity rules";
    case reasons.wouldSpreadUnevenly:
      return "node(s) didn't match pod topology spread constraints";
    case reasons.hasNoTopologyLabel:
      return "node(s) didn't match pod topology spread constraints (missing required label)";
    default:
      return 'node(s) were available';
  }
}

function missingDevice(row: number, snapshot: Snapshot, request: MachineRequest): string {
  const lacking = (resource: string) => (request.amounts[resource] ?? 0) > snapshot.free(resource, row);
  const common = new Set(Object.values(RESOURCE_OF));
  return Object.keys(request.amounts).find((name) => !common.has(name) && lacking(name)) ?? 'resources';
}

function takenPort(row: number, snapshot: Snapshot, request: MachineRequest): string {
  const port = request.ports.find((candidate) => snapshot.portTaken(row, portKey(candidate)));
  return port ? portTaken(port) : 'a port is taken';
}

/** ` (needs 4 GiB, has 2.1 GiB free)`; of several hosts that of the one with the most room. */
function amountsLeft(reason: Reason, rows: readonly number[], snapshot: Snapshot, request: MachineRequest): string {
  const resource = RESOURCE_OF[reason];
  if (resource === undefined) return '';
  const most = Math.max(...rows.map((row) => snapshot.free(resource, row)));
  const has = readableAmount(resource, Math.max(0, most));
  const needs = readableAmount(resource, request.amounts[resource] ?? 0);
  return rows.length === 1 ? ` (needs ${needs}, has ${has} free)` : ` (needs ${needs}, has at most ${has} free)`;
}

/** Hosts with one thing in the way: what would have to change, the smallest change of each kind. */
function remediesOf(
  nearest: readonly { readonly row: number; readonly reason: Reason }[],
  snapshot: Snapshot,
  request: MachineRequest,
): string[] {
  const remedies: string[] = [];
  for (const reason of new Set(nearest.map((entry) => entry.reason))) {
    const rows = nearest.filter((entry) => entry.reason === reason).map(({ row }) => row);
    const remedy = remedyOf(reason, rows, snapshot, request);
    if (remedy) remedies.push(remedy);
  }
  return remedies;
}

function remedyOf(
  reason: Reason,
  rows: readonly number[],
  snapshot: Snapshot,
  request: MachineRequest,
): string | undefined {
  const name = snapshot.hosts[rows[0] ?? 0]?.name ?? '';
  const resource = RESOURCE_OF[reason];
  if (resource !== undefined) {
    return resourceRemedy(resource, rows, snapshot, request);
  }
  switch (reason) {
    case reasons.isUnschedulable:
      return `uncordon ${name}`;
    case reasons.hasTaint:
      return `tolerate the taint of ${name}, or remove it`;
    case reasons.selectorDoesNotMatch:
      return `give ${name} the labels that the machine asks for, or ask for others`;
    case reasons.portIsTaken:
      return `take another host port, or stop the machine on ${name} that has it`;
    default:
      return undefined;
  }
}

/** Making room helps as far as the host is large enough; beyond that only asking for less does. */
function resourceRemedy(
  resource: string,
  rows: readonly number[],
  snapshot: Snapshot,
  request: MachineRequest,
): string {
  const needed = request.amounts[resource] ?? 0;
  const roomiest = rows.reduce((a, b) => (snapshot.free(resource, b) > snapshot.free(resource, a) ? b : a));
  const more = readableAmount(resource, needed - Math.max(0, snapshot.free(resource, roomiest)));
  const less = `ask for ${more} less ${resource}`;
  const enough = rows.find((row) => (snapshot.columns(resource).capacity.values[row] ?? 0) >= needed);
  if (enough === undefined) return `${less}, or add a larger host`;
  const missing = readableAmount(resource, needed - Math.max(0, snapshot.free(resource, enough)));
  return `free ${missing} more ${resource} on ${snapshot.hosts[enough]?.name}, or ${less}`;
}

import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Policy, spreadPolicy } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { prepareAllTests, type Question, questionOf } from '../survey/index.ts';
import { freeUnder, type Obstacle, RESOURCE_OF, remediesOf } from './remedies.ts';
import { portTaken, readableAmount } from './words.ts';

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
  const question = questionOf(snapshot, request, policy);
  const tests = prepareAllTests(question);
  const groups = new Map<string, { count: number; reason: Reason; rows: number[] }>();
  const nearest: Obstacle[] = [];
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
    ([words, { count, reason, rows }]) => `${count} ${words}${amountsLeft(reason, rows, question)}`,
  );
  const reasonsText = parts.length > 0 ? `: ${parts.sort().join(', ')}` : '';
  return {
    message: `0/${snapshot.hostCount} nodes are available${reasonsText}.`,
    remedies: remediesOf(nearest, question),
  };
}

function wordsOf(reason: Reason, row: number, snapshot: Snapshot, request: MachineRequest): string {
  switch (reason) {
    case reasons.isNotReady:
      return 'node(s) were not ready';
    case reasons.isAsleep:
      return 'node(s) were asleep';
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
function amountsLeft(reason: Reason, rows: readonly number[], question: Question): string {
  const resource = RESOURCE_OF[reason];
  if (resource === undefined) return '';
  const most = Math.max(...rows.map((row) => freeUnder(question, resource, row)));
  const has = readableAmount(resource, Math.max(0, most));
  const needs = readableAmount(resource, question.request.amounts[resource] ?? 0);
  return rows.length === 1 ? ` (needs ${needs}, has ${has} free)` : ` (needs ${needs}, has at most ${has} free)`;
}

import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Policy, partsOf, spreadPolicy } from '../policy.ts';
import { REASON_COUNT, type Reason, reasons } from '../reason.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { prepareAllTests, type Question, questionOf } from '../survey/index.ts';
import { RESOURCE_OF, roomFor } from './make-room.ts';
import { type Obstacles, remediesOf } from './remedies.ts';
import { lackingResource, nameOfTaint, portTaken, readableAmount, readableAtLeast } from './words.ts';

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
  const found: Found = { groups: new Map(), nearest: [] };
  for (const part of partsOf(policy)) askEverything(questionOf(snapshot, request, part), found);
  const parts = [...found.groups].map(([words, group]) => `${group.count} ${words}${amountsLeft(group, request)}`);
  const reasonsText = parts.length > 0 ? `: ${parts.sort().join(', ')}` : '';
  return {
    message: `0/${snapshot.hostCount} nodes are available${reasonsText}.`,
    remedies: remediesOf(found.nearest),
  };
}

/** Hosts of which the same is said. */
interface Group {
  readonly reason: Reason;
  count: number;
  /** The most that one of them has left of what it lacks. */
  most: number;
}

interface Found {
  readonly groups: Map<string, Group>;
  nearest: Obstacles[];
}

function askEverything(question: Question, all: Found): void {
  const { snapshot, request, policy } = question;
  const tests = prepareAllTests(question);
  const rooms = Array.from({ length: REASON_COUNT }, (_, reason) => {
    const resource = RESOURCE_OF[reason];
    return resource === undefined ? undefined : roomFor(question, resource);
  });
  for (let row = 0; row < snapshot.rowCount; row++) {
    const host = snapshot.hosts[row];
    if (!host || (policy.governs && !policy.governs(host.labels))) continue;
    const found: Reason[] = [];
    for (const test of tests) {
      const reason = test(row);
      if (reason !== reasons.passes && !found.includes(reason)) found.push(reason);
    }
    for (const reason of found) {
      const words = wordsOf(reason, row, snapshot, request);
      let group = all.groups.get(words);
      if (!group) {
        group = { reason, count: 0, most: 0 };
        all.groups.set(words, group);
      }
      group.count++;
      group.most = Math.max(group.most, rooms[reason]?.(row) ?? 0);
    }
    const fewest = all.nearest[0]?.reasons.length ?? Number.POSITIVE_INFINITY;
    if (found.length === 0 || found.length > fewest) continue;
    if (found.length < fewest) all.nearest = [];
    all.nearest.push({ row, reasons: found, question });
  }
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
      return `Insufficient ${lackingResource(row, snapshot, request)}`;
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
      return `node(s) had untolerated taint ${taint ? nameOfTaint(taint) : ''}`;
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

function takenPort(row: number, snapshot: Snapshot, request: MachineRequest): string {
  const port = request.ports.find((candidate) => snapshot.portTaken(row, portKey(candidate)));
  return port ? portTaken(port) : 'a port is taken';
}

/** ` (needs 4 GiB, has 2.1 GiB free)`; of several hosts that of the one with the most room. */
function amountsLeft({ reason, count, most }: Group, request: MachineRequest): string {
  const resource = RESOURCE_OF[reason];
  if (resource === undefined) return '';
  const needs = readableAtLeast(resource, request.amounts[resource] ?? 0);
  const has = readableAmount(resource, most);
  return count === 1 ? ` (needs ${needs}, has ${has} free)` : ` (needs ${needs}, has at most ${has} free)`;
}

import { type Policy, partsOf, spreadPolicy } from '../policy.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Question, questionOf } from '../survey/index.ts';
import type { Measure } from './measure.ts';
import { type Obstacle, ObstacleFinder } from './obstacles.ts';
import { type BlockedHosts, remediesOf } from './remedies.ts';
import { circleOf, type WaitingMachines } from './waiting-circle.ts';
import { readableAmount, readableAtLeast } from './words.ts';

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
 * @param waiting machines that wait too, for those that wait for each other; asked only where that may be
 */
export function explainRefusal(
  snapshot: Snapshot,
  request: MachineRequest,
  policy: Policy = spreadPolicy,
  waiting: WaitingMachines = () => [],
): RefusalText {
  const blocked = partsOf(policy).flatMap((part) => blockedHosts(questionOf(snapshot, request, part)));
  const groups = new Map<string, Group>();
  for (const { obstacles, rows } of blocked) for (const obstacle of obstacles) count(groups, obstacle, rows);
  const parts = [...groups].map(([words, group]) => `${group.count} ${words}${amountsLeft(group)}`);
  const told = parts.length > 0 ? `: ${parts.sort().join(', ')}` : '';
  return {
    message: `0/${snapshot.hostCount} nodes are available${told}.`,
    remedies: remediesOf(blocked, circleOf(request, waiting, snapshot)),
  };
}

/** The hosts of the question's policy, those together in whose way is the same. */
function blockedHosts(question: Question): BlockedHosts[] {
  const { snapshot, policy } = question;
  const finder = new ObstacleFinder(question);
  const found = new Map<readonly Obstacle[], number[]>();
  for (let row = 0; row < snapshot.rowCount; row++) {
    const host = snapshot.hosts[row];
    if (!host || (policy.governs && !policy.governs(host.labels))) continue;
    const obstacles = finder.on(row);
    if (obstacles.length === 0) continue;
    const rows = found.get(obstacles);
    if (rows) rows.push(row);
    else found.set(obstacles, [row]);
  }
  return [...found].map(([obstacles, rows]) => ({ obstacles, rows, question }));
}

/** Hosts of which the same is said. */
interface Group {
  readonly measure: Measure | undefined;
  count: number;
  /** The most that one of them has left of what it lacks. */
  most: number;
}

function count(groups: Map<string, Group>, { words, measure }: Obstacle, rows: readonly number[]): void {
  const group = groups.get(words) ?? { measure, count: 0, most: 0 };
  groups.set(words, group);
  group.count += rows.length;
  if (measure) for (const row of rows) group.most = Math.max(group.most, measure.room(row));
}

/** ` (needs 4 GiB, has 2.1 GiB free)`; of several hosts that of the one with the most room. */
function amountsLeft({ measure, count: hosts, most }: Group): string {
  if (!measure) return '';
  const needs = readableAtLeast(measure.name, measure.needed);
  const has = readableAmount(measure.name, most);
  return hosts === 1 || most <= 0 ? ` (needs ${needs}, has ${has} free)` : ` (needs ${needs}, has at most ${has} free)`;
}

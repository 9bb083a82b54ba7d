import { type Policy, partsOf, spreadPolicy } from '../policy.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Question, questionOf } from '../survey/index.ts';
import { type FoundObstacle, ObstacleFinder } from './obstacles.ts';
import { type BlockedHosts, remediesOf } from './remedies.ts';
import { circleOf, type WaitingMachines } from './waiting-circle.ts';
import type { ToldObstacle, WhyRefused } from './why-refused.ts';

/**
 * Asks every question about every host once more, without stopping at the first no. Only for machines that were
 * refused: it takes its time.
 * @param waiting machines that wait too, for those that wait for each other; asked only where that may be
 */
export function explainRefusal(
  snapshot: Snapshot,
  request: MachineRequest,
  policy: Policy = spreadPolicy,
  waiting: WaitingMachines = () => [],
): WhyRefused {
  const blocked = partsOf(policy).flatMap((part) => blockedHosts(questionOf(snapshot, request, part)));
  const groups = new Map<string, Group>();
  for (const { obstacles, rows } of blocked) for (const obstacle of obstacles) count(groups, obstacle, rows);
  const obstacles = [...groups.values()].sort((a, b) => b.hosts - a.hosts).map(toldObstacle);
  return { hosts: snapshot.hostCount, obstacles, remedies: remediesOf(blocked, circleOf(request, waiting, snapshot)) };
}

/** The hosts of the question's policy, those together in whose way is the same. */
function blockedHosts(question: Question): BlockedHosts[] {
  const { snapshot, policy } = question;
  const finder = new ObstacleFinder(question);
  const found = new Map<readonly FoundObstacle[], number[]>();
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

/** Hosts of which the same is told. */
interface Group {
  readonly obstacle: FoundObstacle;
  hosts: number;
  /** The most that one of them has left of what it lacks. */
  most: number;
}

function count(groups: Map<string, Group>, obstacle: FoundObstacle, rows: readonly number[]): void {
  const group = groups.get(obstacle.key) ?? { obstacle, hosts: 0, most: 0 };
  groups.set(obstacle.key, group);
  group.hosts += rows.length;
  const { measure } = obstacle;
  if (measure) for (const row of rows) group.most = Math.max(group.most, measure.room(row));
}

function toldObstacle({ obstacle: { measure, told }, hosts, most }: Group): ToldObstacle {
  if (!measure) return { hosts, obstacle: told as NonNullable<typeof told> };
  const { resource, needed } = measure;
  const isAtMost = hosts > 1 && most > 0;
  return { hosts, obstacle: { is: 'lacks', resource, needed, free: most, ...(isAtMost && { atMost: true }) } };
}

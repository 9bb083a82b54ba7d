import { SeededRandom } from '@godwit/base';
import { type MachineRequest, type Policy, place, type Snapshot } from '@godwit/planner';
import { allAwake } from '../measure/index.ts';
import type { Plan } from '../plan/index.ts';
import { copyOf, countByGroup, patterns } from './copies.ts';

export interface Growth {
  /** What was assumed, in percent a week; of every group its own where it has one. */
  readonly percentPerWeek: number;
  /** Weeks from the end of the run until a machine finds no host; undefined when not within ten years. */
  readonly weeks: number | undefined;
  /** Which group is refused first. */
  readonly group: string | undefined;
}

/** What is asked where nobody says how things grow. */
const ASSUMED_PERCENT = 3;
const MOST_WEEKS = 520;

/** When it is full, if things go on growing and hosts are woken for it. */
export function untilFull(plan: Plan, snapshot: Snapshot, policy: Policy): Growth {
  return allAwake(snapshot, () => grow(plan, snapshot, policy));
}

function grow({ seed, groups }: Plan, snapshot: Snapshot, policy: Policy): Growth {
  const grows = groups.some(({ percentPerWeek }) => percentPerWeek > 0);
  const percentOf = (name: string) =>
    grows ? (groups.find((group) => group.name === name)?.percentPerWeek ?? 0) : ASSUMED_PERCENT;
  const trial = snapshot.copy();
  const random = new SeededRandom(seed);
  const counts = countByGroup(trial);
  const made = new Map(counts);
  const known = patterns(trial);
  const percentPerWeek = Math.max(...[...counts.keys()].map(percentOf), 0);
  if (percentPerWeek <= 0) return { percentPerWeek, weeks: undefined, group: undefined };
  for (let weeks = 1; weeks <= MOST_WEEKS; weeks++) {
    const requests: MachineRequest[] = [];
    for (const [group, count] of counts) {
      const wanted = Math.floor(count * (1 + percentOf(group) / 100) ** weeks);
      const from = made.get(group) ?? 0;
      for (let index = from; index < wanted; index++) requests.push(copyOf(known.get(group) as MachineRequest, index));
      made.set(group, Math.max(from, wanted));
    }
    const [refused] = place(trial, requests, policy, random).refusals;
    if (refused) return { percentPerWeek, weeks, group: groupOf(refused.request, known) };
  }
  return { percentPerWeek, weeks: undefined, group: undefined };
}

function groupOf({ labels }: MachineRequest, known: ReadonlyMap<string, MachineRequest>): string | undefined {
  return [...known].find(([, request]) => request.labels === labels)?.[0];
}

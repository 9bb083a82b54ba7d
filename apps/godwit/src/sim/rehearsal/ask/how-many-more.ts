import { SeededRandom } from '@godwit/base';
import {
  explainRefusal,
  type MachineRequest,
  type Policy,
  place,
  type Snapshot,
  type WhyRefused,
} from '@godwit/planner';
import { allAwake, someSleep } from '../measure/index.ts';
import type { Plan } from '../plan/index.ts';
import { copyOf, countByGroup, patterns } from './copies.ts';

export interface More {
  readonly group: string;
  readonly machines: number;
  /** Of those, on hosts that are on: fewer where hosts sleep. */
  readonly now: number;
  /** Why not one more; undefined when nobody looked any further. */
  readonly why: WhyRefused | undefined;
}

/** What a machine of each group asks for, also of those of which there is none. */
export type Examples = ReadonlyMap<string, MachineRequest>;

/** Nobody asks for more than so many at once. */
const MOST = 200_000;
const BATCH = 200;

/** Groups of which it is asked: a reader looks at no more of them, and each takes its time. */
const MOST_GROUPS = 12;

/** Groups of which it is asked how many more fit, and the names of those that are left out. */
export interface Asking {
  readonly asked: Examples;
  readonly unasked: readonly string[];
}

/**
 * The groups of which it is asked how many more fit: those that somebody named, those of which there is none yet, and of the
 * others the largest.
 */
export function groupsAsked(snapshot: Snapshot, examples: Examples, named: readonly string[] = []): Asking {
  const all = [...new Map([...examples, ...patterns(snapshot)])];
  if (all.length <= MOST_GROUPS) return { asked: new Map(all), unasked: [] };
  const counts = countByGroup(snapshot);
  const weight = (group: string) => (named.includes(group) ? Number.MAX_VALUE : (counts.get(group) ?? MOST));
  const sorted = all.toSorted(([a], [b]) => weight(b) - weight(a));
  const most = Math.max(MOST_GROUPS, named.length);
  return { asked: new Map(sorted.slice(0, most)), unasked: sorted.slice(most).map(([group]) => group) };
}

/** How many more of each group fit, each group by itself, once what sleeps is awake; and how many without waking. */
export function howManyMore(plan: Plan, snapshot: Snapshot, policy: Policy, asked: Examples): readonly More[] {
  const countMore = () => countEach(plan, snapshot, policy, asked);
  const all = allAwake(snapshot, countMore);
  if (!someSleep(snapshot)) return all.map((more) => ({ ...more, now: more.machines }));
  const now = new Map(countMore().map(({ group, machines }) => [group, machines]));
  return all.map((more) => ({ ...more, now: now.get(more.group) ?? 0 }));
}

function countEach({ seed }: Plan, snapshot: Snapshot, policy: Policy, wanted: Examples): readonly Omit<More, 'now'>[] {
  return [...wanted].map(([group, request]) => {
    const trial = snapshot.copy();
    const random = new SeededRandom(seed);
    for (let machines = 0; machines < MOST; machines += BATCH) {
      const requests = Array.from({ length: BATCH }, (_, index) => copyOf(request, machines + index));
      const { placements, refusals } = place(trial, requests, policy, random);
      const [refused] = refusals;
      if (!refused) continue;
      return {
        group,
        machines: machines + placements.length,
        why: explainRefusal(trial, refused.request, policy),
      };
    }
    return { group, machines: MOST, why: undefined };
  });
}

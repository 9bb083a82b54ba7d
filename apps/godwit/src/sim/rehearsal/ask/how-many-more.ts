import { SeededRandom } from '@godwit/base';
import { explainRefusal, type Policy, place, type Snapshot } from '@godwit/planner';
import type { Plan } from '../plan/index.ts';
import { copyOf, patterns } from './copies.ts';

export interface More {
  readonly group: string;
  readonly machines: number;
  /** Why not one more, in words; undefined when nobody looked any further. */
  readonly why: string | undefined;
}

/** Nobody asks for more than so many at once. */
const MOST = 200_000;
const BATCH = 200;

/** How many more of each group fit, each group by itself. */
export function howManyMore({ seed }: Plan, snapshot: Snapshot, policy: Policy): readonly More[] {
  return [...patterns(snapshot)].map(([group, request]) => {
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
        why: explainRefusal(trial, refused.request, policy).message,
      };
    }
    return { group, machines: MOST, why: undefined };
  });
}

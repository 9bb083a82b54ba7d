/**
 * Questions about a cloud as it stands, answered by placing machines on a copy of it. Pure.
 *
 *   how-many-more    of each group, until the first one finds no host
 *   what-if-lost     each rack, zone, or the heaviest host
 *   until-full       weeks of growth until something finds no host
 *   fewest-hosts     how few hosts would do
 */
import { type Policy, type Snapshot } from '@godwit/planner';
import type { Plan } from '../plan/index.ts';
import { type Fewest, fewestHosts } from './fewest-hosts.ts';
import { type Examples, groupsAsked, howManyMore, type More } from './how-many-more.ts';
import { type Growth, untilFull } from './until-full.ts';
import { type Lost, whatIfLost } from './what-if-lost.ts';

export type { Fewest, Growth, Lost, More };

/** All answers, as of the end of a run. */
export interface Answers {
  readonly more: readonly More[];
  /** Groups of which that was not asked, as there are so many; the largest first. */
  readonly unasked: readonly string[];
  readonly lost: readonly Lost[];
  readonly growth: Growth;
  readonly fewest: Fewest;
}

export function answer(plan: Plan, snapshot: Snapshot, policy: Policy, examples: Examples): Answers {
  const { asked, unasked } = groupsAsked(snapshot, examples, plan.fit);
  return {
    more: howManyMore(plan, snapshot, policy, asked),
    unasked,
    lost: whatIfLost(plan, snapshot, policy),
    growth: untilFull(plan, snapshot, policy),
    fewest: fewestHosts(plan, snapshot, policy),
  };
}

/** Questions of degree about a host, one file each; the policy says how much each answer weighs. */
import { avoidsTaints } from './avoids-taints.ts';
import { fillsUp } from './fills-up.ts';
import { isPreferred } from './is-preferred.ts';
import { keepsBalance } from './keeps-balance.ts';
import { leavesRoom } from './leaves-room.ts';
import type { Score } from './score.ts';

export type { HostScore, Score } from './score.ts';

export const scores: readonly Score[] = [leavesRoom, fillsUp, keepsBalance, isPreferred, avoidsTaints];

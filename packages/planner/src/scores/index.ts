/**
 * Questions of degree about a host, one file each; the policy says how much each answer weighs. What a machine
 * would like (weight `isPreferred`) is in two files: wishes about the host, and about the place that it is in.
 */
import { avoidsTaints } from './avoids-taints.ts';
import { fillsUp } from './fills-up.ts';
import { hasImages } from './has-images.ts';
import { joinsElders } from './joins-elders.ts';
import { keepsBalance } from './keeps-balance.ts';
import { leavesRoom } from './leaves-room.ts';
import { savesEnergy } from './saves-energy.ts';
import type { Score } from './score.ts';
import { staysUseful } from './stays-useful.ts';

export { type HostWish, hostWishes } from './host-wishes.ts';
export { placeWishes } from './place-wishes.ts';
export type { HostScore, PlaceWish, Score } from './score.ts';

export const scores: readonly Score[] = [
  leavesRoom,
  fillsUp,
  keepsBalance,
  avoidsTaints,
  staysUseful,
  savesEnergy,
  hasImages,
  joinsElders,
];

import type { BalancePlan, Move, PowerStep } from '@godwit/planner';

const moveWords: Readonly<Record<Move['why'], string>> = {
  overload: 'its host has less processor time than is needed',
  misplaced: 'it must not be where it is',
  'empties-host': 'its host can be emptied',
  'evens-out': 'its host is loaded more than others',
};

export const whyMoved = (why: Move['why']): string => moveWords[why];

const powerWords: Readonly<Record<PowerStep['why'], string>> = {
  empty: 'nothing runs on it, and neither the reserve nor the load that is forecast needs it',
  reserve: 'the reserve does not hold without it',
  load: 'the load that is forecast needs it',
  waiting: 'machines wait that have room there and nowhere else',
  occupied: 'machines are bound to it',
  'asked-for': 'the plan needs it for machines that must move',
  minimum: 'fewer hosts are on than the policy asks for',
};

export const whySwitched = (why: PowerStep['why']): string => powerWords[why];

/** A plan in one sentence. */
export function whyPlan({ relief, order, moves, stuck }: BalancePlan): string {
  if (moves.length > 0) return `${moves.length} moves are predicted to gain more than they cost`;
  const verdicts = [relief.verdict, order.verdict];
  if (verdicts.includes('breaks-reserve')) return 'the reserve would not hold any more after the moves that were found';
  if (verdicts.includes('not-worth-it')) return 'the moves that were found would cost more than they gain';
  if (stuck.length > 0) return `${stuck.length} machines should move, and no host takes them`;
  return 'all is as it should be';
}

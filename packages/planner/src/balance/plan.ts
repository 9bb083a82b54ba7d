import { wattsAt } from '../power/watts.ts';
import { emptyHosts } from './empty.ts';
import { Floor } from './floor.ts';
import { moveJoules, shortageJoules, unevenJoules } from './joules.ts';
import { levelLoad } from './level.ts';
import { relieve } from './relieve.ts';
import { holdsReserve, type ReserveGap, reserveGap } from './reserve.ts';
import type { BalanceSettings } from './settings.ts';
import type { Move, Situation } from './situation.ts';

export type Verdict =
  /** There is nothing to do. */
  | 'nothing'
  /** It helps, and keeps the reserve. */
  | 'good'
  /** It would cost more than it gains. */
  | 'not-worth-it'
  /** The reserve would not hold afterwards, though it does now. */
  | 'breaks-reserve';

/** Moves for one purpose, and what they are predicted to gain and to cost, in joules. */
export interface PlanPart {
  readonly verdict: Verdict;
  /** What was thought of; to be carried out only when the verdict is good. */
  readonly moves: readonly Move[];
  readonly gain: number;
  readonly cost: number;
}

export interface BalancePlan {
  /** Away from overloaded hosts. */
  readonly relief: PlanPart;
  /** Hosts emptied, or loads evened out, as the strategy says. */
  readonly order: PlanPart;
  /** The moves of the good parts, in the order in which they are to be made. */
  readonly moves: readonly Move[];
  /** Hosts that have to be switched on, for relief or because they do the work of costlier ones. */
  readonly wake: readonly number[];
  /** Machines that must leave and that no host at all would take. */
  readonly stuck: readonly number[];
  /** Whether the reserve holds now, and after the moves. */
  readonly reserve: { readonly before: boolean; readonly after: boolean };
  /** What the reserve lacks before the moves, where it does not hold. */
  readonly gap?: ReserveGap;
}

/**
 * Which machines should move. Overload is relieved first; then `pack`, `fragmentation` and `energy` empty hosts, and
 * `spread` evens out loads. Each part is good only if it gains more than it costs, by the margin of the policy, and
 * does not break the reserve; what is not good is not done. Pure: who moved when comes with the situation.
 */
export function planBalance(situation: Situation, settings: BalanceSettings): BalancePlan {
  const floor = new Floor(situation, settings);
  const gap = reserveGap(floor, settings.reserve);
  const before = gap === undefined;
  const budget = settings.mode === 'off' ? 0 : budgetOf(situation, settings);
  const wake: number[] = [];
  let stuck: readonly number[] = [];
  const relief = weigh(floor, before, shortagesOf, () => {
    const found = relieve(floor, budget);
    wake.push(...found.wake);
    stuck = found.stuck;
    return found.moves;
  });
  const left = budget - relief.moves.length;
  const received = new Set(relief.moves.map(({ to }) => to));
  const order = weigh(floor, before, joulesOf, () => {
    if (settings.strategy === 'spread') return levelLoad(floor, left);
    const found = emptyHosts(floor, left, received);
    wake.push(...found.wake);
    return found.moves;
  });
  const moves = [relief, order].flatMap((part) => (part.verdict === 'good' ? part.moves : []));
  const after = moves.length === 0 ? before : holdsReserve(floor, settings.reserve);
  return { relief, order, moves, wake, stuck, reserve: { before, after }, ...(gap && { gap }) };
}

/** How many moves the policy leaves for this round. */
export function budgetOf({ nowMs, recentMovesMs }: Situation, { movesPerHour }: BalanceSettings): number {
  const lately = recentMovesMs.filter((atMs) => atMs > nowMs - 3_600_000 && atMs <= nowMs).length;
  return Math.max(0, movesPerHour - lately);
}

/** Asks for moves, keeps them on the floor when they are good, and takes them back when not. */
function weigh(
  floor: Floor,
  reserveHeld: boolean,
  value: (floor: Floor) => number,
  propose: () => readonly Move[],
): PlanPart {
  const mark = floor.mark();
  const before = value(floor);
  const moves = propose();
  if (moves.length === 0) return { verdict: 'nothing', moves, gain: 0, cost: 0 };
  const gain = before - value(floor);
  const cost = moves.reduce((sum, { machine, why }) => sum + (why === 'misplaced' ? 0 : moveJoules(floor, machine)), 0);
  const verdict = judge(floor, reserveHeld, gain - cost * (1 + floor.settings.improvement), moves);
  if (verdict !== 'good') floor.rollback(mark);
  return { verdict, moves, gain, cost };
}

function judge(floor: Floor, reserveHeld: boolean, surplus: number, moves: readonly Move[]): Verdict {
  // Where a machine must not be, staying is no choice.
  const must = moves.some(({ why }) => why === 'misplaced');
  if (surplus <= 0 && !must) return 'not-worth-it';
  return reserveHeld && !holdsReserve(floor, floor.settings.reserve) ? 'breaks-reserve' : 'good';
}

/** What is short counts for relief, and not the watts of hosts that it needs: those it needs. */
function shortagesOf(floor: Floor): number {
  return floor.situation.hosts.reduce((sum, _, host) => sum + shortageJoules(floor, host), 0);
}

/** What it costs to let everything stand as it is: idling watts, shortages, and unevenness where it is unwanted. */
function joulesOf(floor: Floor): number {
  const { hosts } = floor.situation;
  const { paybackSeconds } = floor.settings;
  let joules = shortagesOf(floor);
  hosts.forEach(({ watts }, host) => {
    if ((floor.machinesOn[host]?.size ?? 0) > 0) joules += wattsAt(watts, 0) * paybackSeconds;
  });
  return floor.settings.strategy === 'spread' ? joules + unevenJoules(floor) : joules;
}

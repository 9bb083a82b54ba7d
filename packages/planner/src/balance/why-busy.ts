/** Why hosts with machines are not emptied: asked for people, once a plan is made. */
import { candidates, idleWatts, mayMove } from './empty.ts';
import { findHost } from './find-host.ts';
import { Floor } from './floor.ts';
import { moveJoules } from './joules.ts';
import { type BalancePlan, budgetOf } from './plan.ts';
import { holdsReserve } from './reserve.ts';
import type { BalanceSettings } from './settings.ts';
import type { Situation } from './situation.ts';

/** What keeps a host from being emptied. Machines are indexes; energy is in joules. */
export type BusyReason =
  | { readonly why: 'control-plane' }
  /** It is cordoned or not ready: what it has is not the policy's to move. */
  | { readonly why: 'closed' }
  | { readonly why: 'received' }
  | { readonly why: 'stays'; readonly machine: number }
  | { readonly why: 'moved-lately'; readonly machine: number }
  | { readonly why: 'budget'; readonly moves: number; readonly left: number }
  | { readonly why: 'cost'; readonly moves: number; readonly gain: number; readonly cost: number }
  /** `room`: some other host in use has room for it, and may not have it. */
  | { readonly why: 'no-host'; readonly machine: number; readonly room: boolean }
  | { readonly why: 'reserve' }
  /** Nothing does: that is what it would save, and cost. */
  | { readonly why: 'nothing'; readonly moves: number; readonly gain: number; readonly cost: number };

export interface BusyHost {
  readonly host: number;
  readonly reason: BusyReason;
}

/** Most hosts that are looked at: each is tried out. */
const MOST = 16;

/**
 * Hosts that have machines after a plan, and why they are not emptied: those first that would be emptied first. None for
 * policies that do not empty hosts.
 */
export function whyBusy(situation: Situation, settings: BalanceSettings, plan: BalancePlan): readonly BusyHost[] {
  if (settings.strategy === 'spread' || settings.mode === 'off') return [];
  const floor = new Floor(situation, settings);
  for (const { machine, to } of plan.moves) floor.move(machine, to);
  for (const { from } of plan.moves) if (!floor.isBusy(from)) floor.sleep(from);
  const left = budgetOf(situation, settings) - plan.moves.length;
  const received = new Set(plan.moves.map(({ to }) => to));
  const first = candidates(floor);
  const others = situation.hosts.map((_, host) => host).filter((host) => floor.isBusy(host) && !first.includes(host));
  return [...first, ...others].slice(0, MOST).map((host) => ({ host, reason: reasonOf(floor, host, left, received) }));
}

function reasonOf(floor: Floor, host: number, left: number, received: ReadonlySet<number>): BusyReason {
  const { situation, settings } = floor;
  if (situation.hosts[host]?.essential) return { why: 'control-plane' };
  if (!floor.usable(host)) return { why: 'closed' };
  if (received.has(host)) return { why: 'received' };
  const machines = [...(floor.machinesOn[host] ?? [])];
  const stuck = machines.find((machine) => !situation.machines[machine]?.movable);
  if (stuck !== undefined) return { why: 'stays', machine: stuck };
  const late = machines.find((machine) => !mayMove(floor, machine));
  if (late !== undefined) return { why: 'moved-lately', machine: late };
  const moves = machines.length;
  if (moves > left) return { why: 'budget', moves, left };
  const gain = idleWatts(floor, host) * settings.paybackSeconds;
  const cost = machines.reduce((sum, machine) => sum + moveJoules(floor, machine), 0);
  if (gain <= cost * (1 + settings.improvement)) return { why: 'cost', moves, gain, cost };
  const mark = floor.mark();
  const homeless = machines.find((machine) => !sent(floor, machine));
  const room = homeless !== undefined && hasRoom(floor, homeless);
  floor.sleep(host);
  const holds = homeless !== undefined || holdsReserve(floor, settings.reserve);
  floor.wake(host);
  floor.rollback(mark);
  if (homeless !== undefined) return { why: 'no-host', machine: homeless, room };
  return holds ? { why: 'nothing', moves, gain, cost } : { why: 'reserve' };
}

function hasRoom(floor: Floor, machine: number): boolean {
  const home = floor.where[machine];
  return floor.situation.hosts.some(
    (_, host) => host !== home && floor.usable(host) && floor.isBusy(host) && floor.fits(machine, host),
  );
}

function sent(floor: Floor, machine: number): boolean {
  const to = findHost(floor, machine);
  if (to >= 0) floor.move(machine, to);
  return to >= 0;
}

import { counted } from '@godwit/base';
import type { BalancePlan, BalanceSettings, BusyHost, ReserveGap, Situation } from '@godwit/planner';

/** Who decides, in records. */
export const COMPONENT = 'balance-controller';

/** `2 hosts to switch off and 1 host to switch on`; what is none is not told. */
export function switchesInWords(off: number, on: number): string {
  const parts = [
    ...(off > 0 ? [`${counted(off, 'host')} to switch off`] : []),
    ...(on > 0 ? [`${counted(on, 'host')} to switch on`] : []),
  ];
  return parts.join(' and ');
}

/** Why a host is not emptied. */
export function whyKept({ reason }: BusyHost, { machines }: Situation, { paybackSeconds }: BalanceSettings): string {
  const named = (machine: number) => machines[machine]?.id ?? '';
  switch (reason.why) {
    case 'control-plane':
      return 'it runs part of the control plane';
    case 'closed':
      return 'it is cordoned or not ready';
    case 'received':
      return 'it takes the machines of others';
    case 'stays':
      return `${named(reason.machine)} stays, as ${machines[reason.machine]?.stays ?? 'it cannot be moved'}`;
    case 'moved-lately':
      return `${named(reason.machine)} moved a short while ago`;
    case 'budget':
      return `${counted(reason.moves, 'machine')} would have to move, and ${counted(reason.left, 'move is', 'moves are')} left for this hour`;
    case 'no-host':
      return reason.room
        ? `${named(reason.machine)} may not go to the hosts in use that have room for it`
        : `no other host in use has room for ${named(reason.machine)}`;
    case 'reserve':
      return 'the reserve would not hold without it';
    default: {
      const saved = `saves ${wattHours(reason.gain)} in ${minutes(paybackSeconds)}`;
      const price = `moving ${counted(reason.moves, 'machine')} costs ${wattHours(reason.cost)}`;
      return reason.why === 'cost'
        ? `being empty ${saved}, and ${price}`
        : `it could be emptied: that ${saved}, and ${price}`;
    }
  }
}

/** What would be without a host if so much failed. @param named most names that are listed */
export function whyReserveLacks({ of, lost, homeless }: ReserveGap, situation: Situation, named: number): string {
  const { hosts, machines } = situation;
  if (homeless === undefined) return `so many ${of} may fail that none would be left`;
  const names = lost.slice(0, named).map((host) => hosts[host]?.name ?? '');
  const more = lost.length > named ? ` and ${lost.length - named} more` : '';
  return `if ${names.join(', ')}${more} failed now, machines would be left without a host, such as ${machines[homeless]?.id}`;
}

const wattHours = (joules: number) => `${Number((joules / 3600).toPrecision(2))} Wh`;
const minutes = (seconds: number) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/** A plan in one sentence. @param kept the host that would be emptied first, and why it is not */
export function whyPlan({ relief, order, moves, stuck }: BalancePlan, kept?: string): string {
  if (moves.length > 0)
    return `${counted(moves.length, 'move is', 'moves are')} predicted to gain more than ${moves.length === 1 ? 'it costs' : 'they cost'}`;
  const verdicts = [relief.verdict, order.verdict];
  if (verdicts.includes('breaks-reserve')) return 'the reserve would not hold any more after the moves that were found';
  if (verdicts.includes('not-worth-it')) return 'the moves that were found would cost more than they gain';
  if (stuck.length > 0)
    return `${counted(stuck.length, 'machine')} should move, and no host takes ${stuck.length === 1 ? 'it' : 'them'}`;
  return kept === undefined ? 'all is as it should be' : `no host can be emptied, such as ${kept}`;
}

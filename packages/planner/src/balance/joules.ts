import { wattsAt } from '../power/watts.ts';
import type { Floor } from './floor.ts';

/** What both ends and the wire draw for a move, and what the machine is slowed down by, as watts. */
export const moveWatts = 50;

/** A live migration has half of a 1 Gbit/s link: a safe guess where nothing was measured. */
export const migrationBytesPerSecond = 62.5e6;

/** How much worse a shortage is than the energy that the missing work would have taken. */
const SHORTAGE_FACTOR = 10;

export function moveJoules({ situation }: Floor, machine: number): number {
  return moveWatts * Math.max(1, situation.machines[machine]?.moveSeconds ?? 0);
}

/** What the shortage of a host is worth until the next round. */
export function shortageJoules(floor: Floor, host: number): number {
  const { situation, settings } = floor;
  const excess = floor.excess(host);
  const capacity = floor.cpuCapacity(host);
  if (excess <= 0 || capacity <= 0) return 0;
  const full = wattsAt(situation.hosts[host]?.watts ?? [], 1);
  return SHORTAGE_FACTOR * (excess / capacity) * full * settings.intervalSeconds;
}

/**
 * What it is worth that hosts are not equally loaded, until the next round: as if each host's distance from the
 * mean were watts wasted.
 */
export function unevenJoules(floor: Floor): number {
  const { situation, settings } = floor;
  const used = situation.hosts
    .map((_, host) => host)
    .filter((host) => floor.usable(host) && floor.cpuCapacity(host) > 0);
  if (used.length === 0) return 0;
  const shares = used.map((host) => floor.mean(host) / floor.cpuCapacity(host));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const full = used.reduce((sum, host) => sum + wattsAt(situation.hosts[host]?.watts ?? [], 1), 0) / used.length;
  return shares.reduce((sum, share) => sum + Math.abs(share - mean), 0) * full * settings.intervalSeconds;
}

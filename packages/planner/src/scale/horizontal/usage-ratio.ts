/** What is known of one machine that belongs to what is scaled. */
export interface MeasuredMachine {
  readonly name: string;
  /**
   * ready: counts. unready: it has not begun to serve, so that its use says nothing yet. gone: it is going or
   * has failed, and is left out.
   */
  readonly state: 'ready' | 'unready' | 'gone';
  /** What was measured; absent when there is no sample of it. */
  readonly value?: number;
  /** What it requests of the resource; only for targets of utilisation. */
  readonly request?: number;
}

/** How a metric compares with its target, over all machines that count. */
export interface UsageRatio {
  /** Use divided by wanted use. */
  readonly ratio: number;
  /** Mean value of a machine. */
  readonly average: number;
  /** Mean use in percent of what is requested; only for targets of utilisation. */
  readonly utilization?: number;
}

/** Wanted: a share of what is requested, in percent, or a mean value. */
export type Wanted = { readonly utilization: number } | { readonly average: number };

/** Whole numbers from sums of fractions: what is a hair above a whole number is that number. */
const HAIR = 1e-9;

/** Rounded up, but for what adding up binary fractions makes too much. */
export const roundedUp = (value: number): number => Math.ceil(value - HAIR);

function ratioOf(machines: readonly { value: number; request?: number }[], wanted: Wanted): UsageRatio {
  const total = machines.reduce((sum, { value }) => sum + value, 0);
  const average = machines.length > 0 ? total / machines.length : 0;
  if ('average' in wanted) return { ratio: average / wanted.average, average };
  const requested = machines.reduce((sum, { request = 0 }) => sum + request, 0);
  const utilization = requested > 0 ? Math.trunc((total * 100) / requested + HAIR) : 0;
  return { ratio: utilization / wanted.utilization, average, utilization };
}

export interface ReplicasOfMachines {
  readonly replicas: number;
  readonly found: UsageRatio;
}

export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

export const within = (ratio: number, { up, down }: Tolerance): boolean => ratio >= 1 - down && ratio <= 1 + up;

/**
 * How many machines there should be by a metric that each of them has. Kubernetes' algorithm: machines without a
 * sample are taken to use all of their share when that calls for fewer, and nothing when it calls for more; those
 * that are not ready yet are taken to use nothing when it calls for more. If that turns the direction, nothing is
 * done.
 * @param current how many there are meant to be now
 * @returns undefined when not one machine that counts has a sample
 */
export function replicasOfMachines(
  machines: readonly MeasuredMachine[],
  wanted: Wanted,
  current: number,
  tolerance: Tolerance,
): ReplicasOfMachines | undefined {
  const present = machines.filter(({ state }) => state !== 'gone');
  const measured = present.flatMap((machine) =>
    machine.state === 'ready' && machine.value !== undefined ? [{ ...machine, value: machine.value }] : [],
  );
  if (measured.length === 0) return undefined;
  const found = ratioOf(measured, wanted);
  const missing = present.filter(({ state, value }) => state === 'ready' && value === undefined);
  const unready = found.ratio > 1 ? present.filter(({ state }) => state === 'unready') : [];
  if (missing.length === 0 && unready.length === 0) {
    const replicas = within(found.ratio, tolerance) ? current : roundedUp(found.ratio * measured.length);
    return { replicas, found };
  }
  const assumed = found.ratio > 1 ? () => 0 : fullShare(wanted);
  const all = [
    ...measured,
    ...missing.map((machine) => ({ ...machine, value: assumed(machine) })),
    ...unready.map((machine) => ({ ...machine, value: 0 })),
  ];
  const { ratio } = ratioOf(all, wanted);
  const turned = (found.ratio < 1 && ratio > 1) || (found.ratio > 1 && ratio < 1);
  if (turned || within(ratio, tolerance)) return { replicas: current, found };
  const replicas = roundedUp(ratio * all.length);
  const backwards = (ratio < 1 && replicas > current) || (ratio > 1 && replicas < current);
  return { replicas: backwards ? current : replicas, found };
}

/** What a machine is taken to use of which nobody knows it, when fewer may be enough. */
function fullShare(wanted: Wanted): (machine: MeasuredMachine) => number {
  if ('average' in wanted) return () => wanted.average;
  return ({ request = 0 }) => (request * Math.max(100, wanted.utilization)) / 100;
}

/** By one value that is to be reached whatever the number of machines, of which `ready` share it. */
export function replicasOfValue(
  value: number,
  wanted: number,
  { current, ready }: { readonly current: number; readonly ready: number },
  tolerance: Tolerance,
): number {
  const ratio = value / wanted;
  if (current === 0) return roundedUp(ratio);
  return within(ratio, tolerance) ? current : roundedUp(ratio * ready);
}

/** By one value of which each machine is to have a share. */
export function replicasOfTotal(total: number, wantedShare: number, current: number, tolerance: Tolerance): number {
  if (current > 0 && within(total / (wantedShare * current), tolerance)) return current;
  return roundedUp(total / wantedShare);
}

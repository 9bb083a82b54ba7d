import { roundedUp } from '../horizontal/usage-ratio.ts';

/** Bounds of one resource of a machine: cores or bytes. */
export interface SizeBounds {
  readonly minimum: number;
  readonly maximum: number;
  /** Sizes are multiples of this. */
  readonly grain: number;
}

export interface ShapeBounds {
  /** Of the number of machines. */
  readonly minimum: number;
  readonly maximum: number;
  /** Resources that may be changed, by name; none: machines stay as large as they are. */
  readonly sizes: Readonly<Record<string, SizeBounds>>;
  /** What is done first when more is needed. */
  readonly prefer: 'out' | 'up';
}

/** How many machines, and how large each. */
export interface Shape {
  readonly replicas: number;
  readonly sizes: Readonly<Record<string, number>>;
}

/** What all machines together must have: of each resource whose size may change, or as a number of machines. */
export interface Need {
  /** Machines of the size that they have now, by metrics that speak of no resource whose size may change. */
  readonly replicas: number;
  /** Totals by resource: cores, bytes. */
  readonly totals: Readonly<Record<string, number>>;
}

/**
 * One shape that has what is needed. `out`: machines of the least size, and larger ones only when there may be no
 * more of them. `up`: as few machines as will do, as large as they need be. The shape follows from the need
 * alone and not from how it came about, so that what went up comes down the same way.
 */
export function outOrUp(need: Need, bounds: ShapeBounds): Shape {
  const { minimum, maximum, sizes, prefer } = bounds;
  const resources = Object.entries(sizes);
  const machinesFor = (of: (size: SizeBounds) => number) =>
    resources.map(([name, size]) => roundedUp((need.totals[name] ?? 0) / of(size)));
  const counts = machinesFor((size) => (prefer === 'out' ? size.minimum : size.maximum));
  const replicas = Math.min(maximum, Math.max(minimum, need.replicas, ...counts));
  const sized = resources.map(([name, { minimum: least, maximum: most, grain }]) => {
    const share = (need.totals[name] ?? 0) / Math.max(1, replicas);
    const size = Math.min(most, Math.max(least, roundedUp(share / grain) * grain));
    return [name, size] as const;
  });
  return { replicas, sizes: Object.fromEntries(sized) };
}

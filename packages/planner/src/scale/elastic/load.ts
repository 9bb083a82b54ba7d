/**
 * A metric of what is scaled, as it was found.
 * mean: of the machines, of which each carries its share (use in percent).
 * shared: one sum that all machines carry together (requests a second, a queue).
 * whole: one value that more machines make better but do not share out (latency).
 */
export interface ElasticLoad {
  readonly of: 'mean' | 'shared' | 'whole';
  readonly value: number;
}

/**
 * What carries the load now, in units: one unit is one machine of the least size, so that a machine of twice
 * that size is two. Where sizes are not changed a unit is a machine.
 */
export interface Carriers {
  /** How many there are meant to be. */
  readonly current: number;
  /** How many of them serve. */
  readonly ready: number;
}

/** The load of one unit: what thresholds are compared with. */
export function loadPerUnit({ of, value }: ElasticLoad, { ready }: Carriers): number {
  return of === 'shared' ? value / Math.max(1, ready) : value;
}

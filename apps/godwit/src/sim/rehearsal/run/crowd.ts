import type { ApiClient } from '@godwit/client';
import type { PlannedGroup } from '../plan/index.ts';
import { KnownCrowd } from './known-crowd.ts';
import type { KnownSizes } from './known-sizes.ts';
import { ScaledCrowd, type ScaleListener } from './scaled-crowd.ts';
import { SteadyCrowd } from './steady-crowd.ts';

/** The machines of one group. */
export interface Crowd {
  readonly group: PlannedGroup;
  /** How many there are to be, whether or not they run. */
  readonly size: number;
  /** So many more, or fewer, from the next `follow` on. */
  order(change: number): void;
  /** Makes machines, or deletes the newest, until there are as many as there shall be after so long. */
  follow(atMs: number): Promise<void>;
}

/** @param sizes how many machines of each group there are to be of those that were there */
export function crowdOf(
  group: PlannedGroup,
  client: ApiClient,
  listener: ScaleListener,
  sizes: Pick<KnownSizes, 'of'>,
): Crowd {
  if (group.known) return new KnownCrowd(group, sizes, new SteadyCrowd(group, client));
  return group.scaling ? new ScaledCrowd(group, client, listener) : new SteadyCrowd(group, client);
}

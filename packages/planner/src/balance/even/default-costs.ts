import type { MoveCosts } from './search.ts';

/** A move must make at least one host this much more even than it was, a copy of a disk twice that. */
const MOVE = 0.2;
const COPY = 0.4;
/** Extra for each GiB that is copied. */
const COPIED_GIB = 0.0006;

/**
 * What moving costs beside scores: scores are means over hosts, so that one move counts for less the more there are.
 * @param diskGib what has to be copied where a machine gets a new home or mirror; nothing with shared disks
 */
export function defaultCosts(hosts: number, diskGib: Float64Array): MoveCosts {
  return { move: MOVE / hosts, copy: diskGib.map((gib) => (gib > 0 ? (COPY + COPIED_GIB * gib) / hosts : 0)) };
}

import type { MoveCosts } from './search.ts';

/** A move must make at least one host this much more even than it was; less where copying a disk is what costs. */
const MOVE = 0.2;
const MOVE_BESIDE_COPIES = 0.1;
/** The same for each disk that is copied, and extra for each GiB of it. */
const COPY = 0.6;
const COPIED_GIB = 0.0006;

/**
 * What moving costs beside scores: scores are means over hosts, so that one move counts for less the more there are.
 * @param diskGib what has to be copied where a machine gets a new home or mirror; nothing with shared disks
 */
export function defaultCosts(hosts: number, diskGib: Float64Array): MoveCosts {
  const copies = diskGib.some((gib) => gib > 0);
  return {
    move: (copies ? MOVE_BESIDE_COPIES : MOVE) / hosts,
    copy: diskGib.map((gib) => (gib > 0 ? (COPY + COPIED_GIB * gib) / hosts : 0)),
  };
}

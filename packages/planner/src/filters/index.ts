/**
 * Yes-or-no questions, one file each, cheapest first: most hosts fall to the first ones. First those about a host
 * by itself, then those about the place that it is in.
 */
import type { Filter, PlaceFilter } from './filter.ts';
import { hasFreeCores } from './has-free-cores.ts';
import { hasFreeCpu } from './has-free-cpu.ts';
import { hasFreeDevices } from './has-free-devices.ts';
import { hasFreeGpus } from './has-free-gpus.ts';
import { hasFreeMemory } from './has-free-memory.ts';
import { hasFreePods } from './has-free-pods.ts';
import { hasFreePorts } from './has-free-ports.ts';
import { hasRightArchitecture } from './has-right-architecture.ts';
import { isFarFromFoes } from './is-far-from-foes.ts';
import { isGoverned } from './is-governed.ts';
import { isNearFriends } from './is-near-friends.ts';
import { isReady } from './is-ready.ts';
import { matchesNodeSelector } from './matches-node-selector.ts';
import { reachesVolumes } from './reaches-volumes.ts';
import { spreadsEvenly } from './spreads-evenly.ts';
import { suitsTenant } from './suits-tenant.ts';
import { toleratesTaints } from './tolerates-taints.ts';

export type { Filter, HostTest, PlaceFilter, PlaceTest } from './filter.ts';
export { roomOf } from './has-free.ts';
export { cpuLeft, cpuRoom } from './has-free-cpu.ts';

export const filters: readonly Filter[] = [
  isGoverned,
  isReady,
  hasFreePods,
  hasFreeMemory,
  hasFreeCpu,
  hasFreeDevices,
  hasFreeGpus,
  hasFreeCores,
  hasRightArchitecture,
  toleratesTaints,
  matchesNodeSelector,
  hasFreePorts,
  reachesVolumes,
  suitsTenant,
];

export const placeFilters: readonly PlaceFilter[] = [isFarFromFoes, isNearFriends, spreadsEvenly];

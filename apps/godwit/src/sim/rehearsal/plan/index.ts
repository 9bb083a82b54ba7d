/**
 * A scenario made ready to run: hosts, groups of machines and events with numbers instead of words. Pure.
 *
 *   plan          the whole of it
 *   events        what happens, and to which hosts; places: hosts by where they are
 *   load-curve    how much of what they ask for machines use, over time
 *   demand-curve  how much machines have to do together, over time
 *   scaling       machines that share a demand, and what scales them
 *   policies      the ways to use the hosts that are compared
 *   trace         a file of numbers in time
 *   day-steps     what has a value by the time of day: prices, carbon
 */

export type { PlannedEvent } from './events.ts';
export { placeNamed } from './place-named.ts';
export { rackLabel, zoneLabel } from './places.ts';
export {
  type Beginning,
  type KnownCloud,
  type KnownMachines,
  makePlan,
  type PlaceConstraints,
  type Plan,
  type PlannedGroup,
} from './plan.ts';
export { asItIs, type PlannedPolicy, type PolicyObject } from './policies.ts';
export { groupsUnder, type PlannedScaling } from './scaling.ts';
export type { TraceFlaws } from './trace.ts';

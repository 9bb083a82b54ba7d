/**
 * A scenario made ready to run: hosts, groups of machines and events with numbers instead of words. Pure.
 *
 *   plan         the whole of it
 *   load-curve   how much of what they ask for machines use, over time
 *   day-steps    what has a value by the time of day: prices, carbon
 */
export {
  type KnownCloud,
  makePlan,
  type Plan,
  type PlannedEvent,
  type PlannedGroup,
  type PlannedPolicy,
  rackLabel,
  zoneLabel,
} from './plan.ts';

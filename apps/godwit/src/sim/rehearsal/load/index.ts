/**
 * Loads that machines share. A group has so much to do, its machines that serve divide it by their size, and what
 * they cannot carry stays undone; autoscalers are told so much of it as they would be told live.
 *
 *   shared-load        the demand of one group over its machines
 *   shared-loads       those of all groups, kept by watches
 *   rehearsed-metrics  what autoscalers measure of it
 *   scenario-time      time as a scenario counts it
 */
export { RehearsedMetrics } from './rehearsed-metrics.ts';
export { epochBefore, ScenarioTime } from './scenario-time.ts';
export { namespaceOf, SharedLoad } from './shared-load.ts';
export { SharedLoads } from './shared-loads.ts';

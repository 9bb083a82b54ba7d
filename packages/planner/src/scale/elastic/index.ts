/**
 * ElasticPolicy's decisions: every metric asks for units by its algorithm, what is asked for is limited, and one
 * rule makes it more machines or larger ones.
 *
 *   load         what a metric says, and what a unit is
 *   step, linear, target, algorithm   how many units a metric asks for
 *   unknown-metric   why a metric says nothing
 *   schedule     bounds by the time of the week
 *   foretold-load  samples at any moments, made steps to foretell by
 *   out-or-up    the shape that has what is needed
 *   elastic-decision   all of it
 */
export type { ElasticAlgorithm } from './algorithm.ts';
export * from './elastic-decision.ts';
export { ForetoldLoad, type ForetoldState } from './foretold-load.ts';
export type { ElasticLoad } from './load.ts';
export type { Shape, ShapeBounds, SizeBounds } from './out-or-up.ts';
export * from './schedule.ts';
export type { UnknownMetric, WhyUnknown } from './unknown-metric.ts';

/**
 * How many machines there should be, and how large.
 *
 *   horizontal/      HorizontalPodAutoscaler, to the letter
 *   elastic/         ElasticPolicy: several algorithms, out or up
 *   predictive       by what the load will be when a machine that is ordered now can serve
 *   scale-limits     what of a recommendation is carried out: stabilisation, rates, bounds
 *   scale-history    what was recommended and done lately
 */
export * from './elastic/index.ts';
export * from './horizontal/index.ts';
export { PredictiveScaler } from './predictive.ts';
export * from './scale-history.ts';
export * from './scale-limits.ts';

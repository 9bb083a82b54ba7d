/**
 * ElasticPolicy: reads the target and its metrics, lets the planner decide how many machines there should be and
 * how large, carries it out, and writes down why.
 *
 *   elastic-target    what is scaled: how many and how large its machines are, and how that is changed
 *   observe-load      what the metrics say
 *   elastic-memory    what is remembered of a policy: windows, rates, forecasts
 *   learned           what of that outlives the process
 *   elastic-question  the spec as the planner asks for it
 *   rival             who else wants the same target
 *   why-scaled        why the planner's answer is what it is, as a value
 *   elastic-status    what the status says
 */
export * from './elastic-policy-reconciler.ts';

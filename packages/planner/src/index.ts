/**
 * The judgement: pure functions over a snapshot of hosts and machines. `place` puts machines on hosts, `fits`
 * is the one rule of capacity (also asked at binding), `explain` puts decisions into words. No clock, no I/O;
 * chance is passed in, so the same question with the same seed has the same answer.
 */
export * from './allocation/index.ts';
export * from './amounts.ts';
export * from './awaited.ts';
export * from './balance/index.ts';
export * from './compact/index.ts';
export * from './decision.ts';
export { obstaclesInEnglish, refusalInEnglish } from './explain/english.ts';
export * from './explain/explain-decision.ts';
export * from './explain/explain-refusal.ts';
export * from './explain/why-refused.ts';
export { readableAmount, readableAtLeast, unitOf } from './explain/words.ts';
export { matcherOfTerms } from './filters/node-terms.ts';
export { tolerates } from './filters/tolerates-taints.ts';
export { fits, type Shortage } from './fits.ts';
export * from './governing-policy.ts';
export * from './hosts-for-waiting.ts';
export { inWords, type WordsOf } from './in-words.ts';
export { type GroupResult, type Placement, type PlaceResult, place, placeTogether, type Refusal } from './place.ts';
export * from './policy.ts';
export * from './power/index.ts';
export * from './preempt/index.ts';
export * from './reason.ts';
export * from './record/index.ts';
export * from './request/machine-request.ts';
export * from './request/request-of-instance.ts';
export * from './request/request-of-machine.ts';
export * from './request/request-of-pod.ts';
export * from './right-size/index.ts';
export * from './scale/index.ts';
export * from './snapshot/host.ts';
export * from './snapshot/snapshot.ts';

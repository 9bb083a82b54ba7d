/**
 * Keeps hosts used as their BalancePolicy says: moves, power, sizes.
 *
 *   governed-hosts     which hosts a policy is about
 *   meter              what machines use
 *   policy-memory      what was learned from it: loads, demand, who moved when; moment: by which clocks
 *   kept/              how that outlives the process: shards (who is kept together), form (as text), shelf (in
 *                      ConfigMaps), recorded (what need not be kept, as it stands in the API)
 *   observe            hosts and machines, from caches; situation-of: in the planner's words
 *   advice             what sizes machines should have
 *   drivers            what plans are carried out with; api-mover, api-resizer: two of them; carry-out: doing so
 *   storage-advice     which volumes should move
 *   policy-status      what the status says; policy-conditions: the conditions in it
 *   balance-controller the reconciler
 */
export { ApiMover } from './api-mover.ts';
export { ApiResizer } from './api-resizer.ts';
export * from './balance-controller.ts';
export type { BalanceDrivers, Mover, PowerDriver, Resizer } from './drivers.ts';
export { ApiMeter, type Meter, type Usages } from './meter.ts';

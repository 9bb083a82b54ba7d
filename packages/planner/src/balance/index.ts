/**
 * Which machines should move, and why. Loads are measured and forecast (`load-memory.ts`), a plan is thought out on
 * a `Floor`, weighed in joules, and good only if it gains more than it costs and the reserve holds (`plan.ts`).
 */
export { allowedHosts, isAllowed } from './allowed-hosts.ts';
export { Board, type BoardInput, type Measure } from './even/board.ts';
export { defaultCosts } from './even/default-costs.ts';
export { makeEven } from './even/search.ts';
export { sequenceTo } from './even/sequence.ts';
export { migrationBytesPerSecond, moveWatts } from './joules.ts';
export { LoadMemory } from './load-memory.ts';
export { type BalancePlan, planBalance } from './plan.ts';
export { type PooledVolume, planVolumes, type VolumePool } from './plan-volumes.ts';
export type { ReserveGap } from './reserve.ts';
export { type BalanceSettings, settingsOf } from './settings.ts';
export type { BalanceHost, BalanceMachine, Move, Situation } from './situation.ts';
export { type BusyHost, whyBusy } from './why-busy.ts';

/** Watts, and which hosts sleep: never so many that the reserve or the control plane's own need is touched. */
export { DemandForecast, type DemandState } from './demand-forecast.ts';
export { type PowerPlan, type PowerStep, planPower } from './plan-power.ts';
export { type PowerCurve, wattsAt } from './watts.ts';

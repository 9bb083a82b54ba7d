/** What size machines should have: how their use is remembered, what follows from it, and what the difference costs. */
export { DecayingHistogram } from './decaying-histogram.ts';
export {
  type MachineSize,
  type Recommendation,
  type RightSizeSettings,
  recommend,
  rightSizeSettingsOf,
  UsageRecord,
} from './recommend.ts';
export { type Waste, wasteOf } from './waste.ts';

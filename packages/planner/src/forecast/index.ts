/**
 * What the load will be, from what it was. A `Forecaster` is fed one sample a step and says what it expects a
 * few steps ahead and how far it is usually off. It learns as it goes: there is no training and nothing to tune.
 *
 *   trusted-samples  holes in a metric are not believed at once
 *   least-squares    which of several hints are worth how much, learned by recursive least squares
 *   daily-profile    what was usual at this time of day
 *   error-spread     how wrong forecasts have been: lately, at this load, at this time of day
 *   packed           many numbers as text, for what is kept
 *   forecaster       all of it
 */
export * from './forecaster.ts';

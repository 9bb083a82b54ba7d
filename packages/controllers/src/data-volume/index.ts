/**
 * Makes a DataVolume's claim, says on it what the volume is to be filled with, and reports in CDI's words how
 * far the host has got: see `local-volume.ts` in kinds for what controllers and agents tell each other.
 *
 *   fill-of-source           pure: the order that a source means, or why there can be none yet
 *   claim-of-data-volume     pure: the claim
 *   decide                   pure: phase, progress, conditions
 *   data-volume-controller   the reconciler
 */
export * from './data-volume-controller.ts';

/**
 * One run of a plan under one policy.
 *
 *   rehearse   time, from sample to sample, and what happens in between
 *   crowd      the machines: as many of each group as there shall be
 */
export { type Progress, type Run, rehearse } from './rehearse.ts';

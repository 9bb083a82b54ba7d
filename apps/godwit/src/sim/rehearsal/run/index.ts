/**
 * One run of a plan under one policy.
 *
 *   rehearse   time, from sample to sample, and what happens in between
 *   crowd      the machines of a group: as many as the scenario says (steady), or as an autoscaler asks for (scaled)
 *   elastics   how supply follows demand, all the time
 */
export { type Progress, type Refused, type Run, rehearse } from './rehearse.ts';

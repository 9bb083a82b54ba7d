/**
 * Claims and the volumes that answer them. A claim gets a volume that is there already, or one that is made
 * for it: at once, or on the host that the scheduler chose for its first user.
 *
 *   claim-decision    pure: which volume, what is written to the claim
 *   matching-volume   which of the volumes that are there answers a claim best
 *   volume-of-claim   the volume that is made for a claim
 *   claim-controller  the reconciler of claims
 *   volume-decision   pure: phase of a volume, and whether it is reclaimed
 *   volume-controller the reconciler of volumes
 *   choose-host       a host for what no machine has chosen one for
 */
export * from './choose-host.ts';
export * from './claim-controller.ts';
export * from './volume-controller.ts';

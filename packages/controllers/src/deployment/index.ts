/**
 * Rolls versions of a pod template out. Every version is a ReplicaSet; this controller moves pods from the
 * old ones to the new one, never fewer available and never more at all than the strategy allows.
 *
 *   template-hash      the label of a version
 *   revisions          how versions are numbered, and what is copied onto their ReplicaSets
 *   bounds             maxSurge and maxUnavailable as numbers
 *   rolling-update     one step from old to new
 *   proportional-scale a change of replicas in the middle of a rollout
 *   rollout-conditions Available and Progressing
 *   deployment-status  the numbers of the status
 *   decide             all of it as one pure function
 *   deployment-reconciler  observes and acts
 *
 * A reconciliation takes one step; what it changes wakes it for the next.
 */
export * from './deployment-reconciler.ts';

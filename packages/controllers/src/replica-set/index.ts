/**
 * Keeps as many pods as a ReplicaSet asks for. Which pods are its own is said by their controller reference;
 * orphans that its selector selects are adopted, and pods that it no longer selects are let go.
 *
 *   rank-for-deletion  which pods go first when there are too many
 *   replica-set-status what the status says
 *   decide             all of it as one pure function
 *   replica-set-reconciler  observes and acts
 */
export * from './replica-set-reconciler.ts';

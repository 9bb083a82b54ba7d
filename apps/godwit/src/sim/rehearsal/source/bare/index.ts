/**
 * Objects without what nobody needs for a rehearsal: what runs inside machines, and every secret.
 *
 *   bare-object    any object, by its kind
 *   bare-pod       specs and statuses of pods
 *   bare-instance  those of virtual machines
 *   bare-metadata  names, labels and the annotations that parts of a cloud read
 *   keep           some fields of an object
 */
export { bareObject } from './bare-object.ts';

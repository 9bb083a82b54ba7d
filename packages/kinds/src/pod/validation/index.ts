/** What a pod's schema cannot say, one file a part of the pod. All report into one list of faults. */
export * from './pod.ts';
export * from './pod-template.ts';

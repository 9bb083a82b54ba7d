/**
 * The Pod: containers that share one address and one life. Its spec is large, so each part has a file:
 * container, probe, volume, security context, affinity, status. `pod-spec.ts` joins them; `pod.ts` is the kind.
 */
export * from './affinity.ts';
export * from './container.ts';
export * from './environment.ts';
export * from './pod.ts';
export type { Pod } from './pod-body.ts';
export * from './pod-defaults.ts';
export * from './pod-references.ts';
export * from './pod-resources.ts';
export * from './pod-spec.ts';
export * from './pod-state.ts';
export * from './pod-status.ts';
export * from './pod-template.ts';
export * from './probe.ts';
export * from './resources.ts';
export * from './scheduling.ts';
export * from './security-context.ts';
export * from './volume.ts';

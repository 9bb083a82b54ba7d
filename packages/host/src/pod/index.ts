/**
 * Pods on one host. The machine is pure and in three parts, each a step:
 *
 *     reduce (an input is taken in) → advance (what follows by itself) → decide (what is wanted)
 *
 * - `pod-state.ts`, `pod-input.ts` the words; `pod-step.ts` joins the parts; `adopt.ts` takes over what runs
 * - `restart-policy.ts`, `retry.ts`, `probe-schedule.ts`, `stop.ts`, `outcome.ts`, `resize.ts` the rules
 * - `pod-status.ts`, `pod-conditions.ts`, `container-status.ts` what the API is told
 * - `pod-behaviour.ts`, `start-container.ts`, `ask-container.ts` carry actions out
 * - `container-request.ts`, `environment.ts`, `volume-files.ts`, `network-files.ts` from spec to engine, pure
 * - `pod-manager.ts` all pods of a host; `pod-streams.ts` logs, exec, attach, port-forward
 */
export * from './configuration.ts';
export { containerLabels, containerName, labelsFor } from './container-labels.ts';
export type { HostFacts } from './host-facts.ts';
export * from './network-files.ts';
export { RESIZE_CONDITION } from './pod-conditions.ts';
export type { PodAction, PodEvent, PodInput } from './pod-input.ts';
export * from './pod-manager.ts';
export type { PodState } from './pod-state.ts';
export type { WrittenStatus } from './pod-status.ts';
export type { LogRequest, PodLogs } from './pod-streams.ts';
export type {
  MountedVolumes,
  MountRequest,
  PodFolders,
  PodReporter,
  PodTools,
  ProbeAnswer,
  Prober,
  ProbeTarget,
} from './pod-tools.ts';
export { isConfigurationVolume, type VolumeContent, type VolumeFile, volumeContent } from './volume-files.ts';

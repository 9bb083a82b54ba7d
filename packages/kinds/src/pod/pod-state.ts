import type { Pod } from './pod-body.ts';
import { isSidecar } from './pod-resources.ts';
import type { ContainerStatus } from './pod-status.ts';

/** Questions about how a pod stands that many parts ask. */

export function podCondition(pod: Pod, type: string) {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Succeeded or Failed: it will never run again. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither finished nor told to go: what controllers count. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** When a ready pod has been ready for `minReadySeconds`, in milliseconds; undefined while it is not ready. */
export function availableAtMs(pod: Pod, minReadySeconds: number): number | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0 || !ready.lastTransitionTime) return 0;
  return Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000;
}

export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const at = availableAtMs(pod, minReadySeconds);
  return at !== undefined && at <= nowMs;
}

type End = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** The word that stands for a stopped container. */
function wordOfEnd({ reason, signal, exitCode }: End): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

/** What init containers have to say: undefined once they are through. */
function initWord(pod: Pod): string | undefined {
  const specs = pod.spec.initContainers ?? [];
  const sidecars = new Set(specs.filter(isSidecar).map((container) => container.name));
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [index, status] of statuses.entries()) {
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(status.name) && status.started) continue;
    if (terminated) return `Init:${wordOfEnd(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

/** The most telling word of the containers, and whether one of them is ready and runs. */
function containersWord(statuses: readonly ContainerStatus[], phaseWord: string) {
  let word = phaseWord;
  let running = false;
  // The first container has the last word.
  for (const status of [...statuses].reverse()) {
    const { waiting, terminated } = status.state ?? {};
    if (waiting?.reason) word = waiting.reason;
    else if (terminated) word = wordOfEnd(terminated);
    else if (status.ready && status.state?.running) running = true;
  }
  return { word, running };
}

/** The STATUS that `kubectl get pods` shows, such as CrashLoopBackOff, Init:0/1 or Terminating. */
export function podStatusWord(pod: Pod): string {
  const { status } = pod;
  if (pod.metadata.deletionTimestamp && status?.reason !== 'NodeLost') return 'Terminating';
  if (pod.metadata.deletionTimestamp) return 'Unknown';
  const phaseWord = status?.reason || status?.phase || 'Pending';
  const init = initWord(pod);
  if (init) return init;
  if (podCondition(pod, 'PodScheduled')?.reason === 'SchedulingGated') return 'SchedulingGated';
  const { word, running } = containersWord(status?.containerStatuses ?? [], phaseWord);
  // One container is done while others run: the pod as a whole still runs.
  if (word === 'Completed' && running) return isPodReady(pod) ? 'Running' : 'NotReady';
  return word;
}

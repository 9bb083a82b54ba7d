import type { ContainerStatus, PodStatus } from '@godwit/kinds';
import { addressesOf } from '../machine/machine-addresses.ts';
import { type ContainerType, planOf } from './container-plan.ts';
import { containerStatus } from './container-status.ts';
import { instant } from './instant.ts';
import { outcomeOf } from './outcome.ts';
import { type PodState, runOf } from './pod-state.ts';
import { qualityOfService } from './quality-of-service.ts';

/** The part of a pod's status that its host writes; null takes a field away (strategic merge patch). */
export type WrittenStatus = Omit<PodStatus, 'message' | 'reason'> & {
  readonly message?: string | null;
  readonly reason?: string | null;
};

/** Pure: the status of a pod, and when it changes by itself. */
export function statusOf(
  state: PodState,
  nowMs: number,
): { readonly status: WrittenStatus; readonly changesAtMs?: number | undefined } {
  const { pod } = state;
  if (pod === undefined) return { status: {} };
  let changesAtMs: number | undefined;
  const statuses = (types: readonly ContainerType[]): readonly ContainerStatus[] =>
    planOf(pod)
      .filter(({ type }) => types.includes(type))
      .map((planned) => {
        const timed = containerStatus(state, planned, runOf(state, planned.name), nowMs);
        if (timed.changesAtMs !== undefined)
          changesAtMs = Math.min(changesAtMs ?? timed.changesAtMs, timed.changesAtMs);
        return timed.status;
      });
  const init = statuses(['init', 'sidecar']);
  const ephemeral = statuses(['ephemeral']);
  const status: WrittenStatus = {
    phase: phaseOf(state),
    ...(state.conditions && { conditions: state.conditions }),
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    ...reasonOf(state),
    ...networkOf(state),
    ...(state.startTimeMs !== undefined && { startTime: instant(state.startTimeMs) }),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: statuses(['main']),
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
    qosClass: pod.status?.qosClass ?? qualityOfService(pod),
  };
  return { status, changesAtMs };
}

function phaseOf(state: PodState): NonNullable<PodStatus['phase']> {
  const { initialized, result } = outcomeOf(state);
  if (result) return result;
  if (!initialized || state.pod === undefined) return 'Pending';
  const mains = planOf(state.pod).filter(({ type }) => type === 'main');
  const begun = mains.every(({ name }) => {
    const run = runOf(state, name);
    return run.phase !== 'waiting' || run.attempt > 0;
  });
  return begun ? 'Running' : 'Pending';
}

function reasonOf(state: PodState): Pick<WrittenStatus, 'reason' | 'message'> {
  return state.end?.words ?? {};
}

function networkOf(state: PodState): Partial<WrittenStatus> {
  const { pod, hostIps } = state;
  const hostIp = hostIps[0];
  const ips = pod?.spec.hostNetwork ? hostIps : pod ? addressesOf(pod).map(({ ip }) => ip) : [];
  const host = hostIp === undefined ? {} : { hostIP: hostIp, hostIPs: hostIps.map((ip) => ({ ip })) };
  const shown = state.network.type !== 'none' || pod?.status?.podIP !== undefined;
  if (!shown || ips[0] === undefined) return host;
  return { ...host, podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) };
}

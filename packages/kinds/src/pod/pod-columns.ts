import { ageOf, NONE, textColumn, wide } from '../columns/index.ts';
import type { Column } from '../machinery/index.ts';
import type { Pod } from './pod-body.ts';
import { isSidecar } from './pod-resources.ts';
import { podCondition, podStatusWord } from './pod-state.ts';
import type { ContainerStatus } from './pod-status.ts';

/** Containers that keep running: the ordinary ones and the sidecars. */
function lasting(pod: Pod): { readonly count: number; readonly statuses: readonly ContainerStatus[] } {
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name);
  const sidecarStatuses = (pod.status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.includes(name));
  return {
    count: pod.spec.containers.length + sidecars.length,
    statuses: [...sidecarStatuses, ...(pod.status?.containerStatuses ?? [])],
  };
}

function ready(pod: Pod): string {
  const { count, statuses } = lasting(pod);
  return `${statuses.filter((status) => status.ready && status.state?.running).length}/${count}`;
}

/** How often containers were started again, and when last: `3 (5m ago)`. */
function restarts(pod: Pod, now: number): string {
  const initialised = podCondition(pod, 'Initialized')?.status === 'True';
  const starting = pod.status?.initContainerStatuses ?? [];
  const statuses = initialised || starting.length === 0 ? lasting(pod).statuses : starting;
  const count = statuses.reduce((total, status) => total + status.restartCount, 0);
  const ends = statuses.flatMap((status) => status.lastState?.terminated?.finishedAt ?? []).sort();
  const last = ends.at(-1);
  return count > 0 && last ? `${count} (${ageOf(last, now)} ago)` : `${count}`;
}

function gates(pod: Pod): string {
  const wanted = pod.spec.readinessGates ?? [];
  if (wanted.length === 0) return NONE;
  const met = wanted.filter((gate) => podCondition(pod, gate.conditionType)?.status === 'True');
  return `${met.length}/${wanted.length}`;
}

export const podColumns: readonly Column<Pod>[] = [
  textColumn('Ready', 'Containers that are ready, of all.', ready),
  textColumn('Status', 'What the pod does.', podStatusWord),
  textColumn('Restarts', 'How often containers were started again.', restarts),
  wide(textColumn('IP', 'Address of the pod.', (pod) => pod.status?.podIP || NONE)),
  wide(textColumn('Node', 'Node that the pod runs on.', (pod) => pod.spec.nodeName || NONE)),
  wide(textColumn('Nominated Node', 'Node where room is being made.', (pod) => pod.status?.nominatedNodeName || NONE)),
  wide(textColumn('Readiness Gates', 'Further conditions that hold, of all.', gates)),
];

import type { Container, ContainerState, ContainerStatus } from '@godwit/kinds';
import type { PlannedContainer } from './container-plan.ts';
import { instant } from './instant.ts';
import type { ContainerExit, ContainerRun, PodState, Retry } from './pod-state.ts';
import { actualResources } from './resize.ts';

/** How long the first word for a failed fetch is shown before the waiting is called a back-off. */
const FRESH_FAILURE_MS = 1_000;

/** Whether a container serves: it runs, its hook and probes say so. */
export function isReady(spec: Container, run: ContainerRun): boolean {
  if (run.phase !== 'running' || run.postStart !== 'done' || !run.started) return false;
  return spec.readinessProbe === undefined || run.ready;
}

export interface TimedStatus {
  readonly status: ContainerStatus;
  /** When the words change by themselves, if they will. */
  readonly changesAtMs?: number | undefined;
}

export function containerStatus(
  state: PodState,
  planned: PlannedContainer,
  run: ContainerRun,
  nowMs: number,
): TimedStatus {
  const { spec } = planned;
  const done = planned.type === 'init' && run.phase === 'exited' && run.exit?.exitCode === 0;
  const { containerState, changesAtMs } = stateOf(state, planned, run, nowMs);
  return {
    changesAtMs,
    status: {
      name: planned.name,
      state: containerState,
      lastState: run.last ? { terminated: terminated(run.last) } : {},
      ready: done || isReady(spec, run),
      // A run that still waits for its turn does not count yet.
      restartCount: run.phase === 'waiting' ? Math.max(0, run.attempt - 1) : run.attempt,
      image: run.image?.name ?? spec.image ?? '',
      imageID: run.image?.reference ?? '',
      ...(containerId(run) && { containerID: containerId(run) }),
      started: run.phase === 'running' && run.started && run.postStart === 'done',
      ...actualResources(spec, run),
    },
  };
}

function containerId(run: ContainerRun): string {
  const id = run.phase === 'waiting' ? run.last?.containerId : run.id;
  return id ? `podman://${id}` : '';
}

function stateOf(
  state: PodState,
  planned: PlannedContainer,
  run: ContainerRun,
  nowMs: number,
): { containerState: ContainerState; changesAtMs?: number } {
  if (run.phase === 'running' && run.startedAtMs !== undefined) {
    return { containerState: { running: { startedAt: instant(run.startedAtMs) } } };
  }
  if (run.phase === 'exited' && run.exit) return { containerState: { terminated: terminated(run.exit) } };
  return waiting(state, planned, run, nowMs);
}

function waiting(
  state: PodState,
  planned: PlannedContainer,
  run: ContainerRun,
  nowMs: number,
): { containerState: ContainerState; changesAtMs?: number } {
  const retry = state.retries[`container/${planned.name}`];
  if (retry) return waitingForRetry(planned, retry, nowMs);
  if (run.notBeforeMs > nowMs) {
    const message = `back-off ${Math.round((run.notBeforeMs - (run.last?.finishedAtMs ?? nowMs)) / 1000)}s restarting failed container=${planned.name}`;
    return { containerState: { waiting: { reason: 'CrashLoopBackOff', message } }, changesAtMs: run.notBeforeMs };
  }
  const held = state.retries.volumes ?? state.retries.network;
  const message = held ? { message: held.message } : {};
  const initial = planned.type === 'init' || planned.type === 'sidecar';
  const holdsUp = !initial && (state.pod?.spec.initContainers?.length ?? 0) > 0 && run.attempt === 0;
  return { containerState: { waiting: { reason: holdsUp ? 'PodInitializing' : 'ContainerCreating', ...message } } };
}

function waitingForRetry(
  planned: PlannedContainer,
  retry: Retry,
  nowMs: number,
): { containerState: ContainerState; changesAtMs?: number } {
  const { reason, message, failedAtMs } = retry;
  const freshUntilMs = failedAtMs + FRESH_FAILURE_MS;
  if (reason !== 'ErrImagePull') return { containerState: { waiting: { reason, message } } };
  if (nowMs < freshUntilMs) return { containerState: { waiting: { reason, message } }, changesAtMs: freshUntilMs };
  const text = `Back-off pulling image "${planned.spec.image}": ${message}`;
  return { containerState: { waiting: { reason: 'ImagePullBackOff', message: text } } };
}

function terminated(exit: ContainerExit): NonNullable<ContainerState['terminated']> {
  return {
    exitCode: exit.exitCode,
    ...(exit.signal !== undefined && { signal: exit.signal }),
    reason: exit.reason,
    ...(exit.message && { message: exit.message }),
    startedAt: instant(exit.startedAtMs ?? exit.finishedAtMs),
    finishedAt: instant(exit.finishedAtMs),
    ...(exit.containerId && { containerID: `podman://${exit.containerId}` }),
  };
}

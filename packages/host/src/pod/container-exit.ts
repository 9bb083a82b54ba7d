import type { ContainerFacts } from '../container-driver.ts';
import type { ContainerExit, ContainerRun } from './pod-state.ts';

/** Exit codes above 128 mean: ended by the signal of that number less 128. */
const SIGNAL_BASE = 128;

/** How a container ended, in Kubernetes' words. */
export function exitOf(
  facts: ContainerFacts,
  run: Pick<ContainerRun, 'startedAtMs'>,
  message: string | undefined,
  nowMs: number,
): ContainerExit {
  const exitCode = facts.exitCode ?? 137;
  // An end lies in the past; the engine's word for it may be of before the clock was put back.
  const finishedAtMs = Math.min(facts.finishedAtMs ?? nowMs, nowMs);
  const startedAtMs = facts.startedAtMs ?? run.startedAtMs;
  const text = message ?? facts.error;
  return {
    containerId: facts.id,
    exitCode,
    reason: facts.outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    ...(text && { message: text }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    finishedAtMs,
  };
}

/** The engine no longer knows a container that ran: a reboot, or somebody removed it. */
export function lostExit(run: ContainerRun, nowMs: number): ContainerExit {
  return {
    containerId: run.id ?? '',
    exitCode: SIGNAL_BASE + 9,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when it was looked for',
    ...(run.startedAtMs !== undefined && { startedAtMs: run.startedAtMs }),
    finishedAtMs: nowMs,
    interrupted: true,
  };
}

/** The program could not be run at all; Kubernetes' own exit code for it. */
export function startErrorExit(reason: string, message: string, nowMs: number): ContainerExit {
  return { containerId: '', exitCode: SIGNAL_BASE, reason, message, finishedAtMs: nowMs };
}

import { gracePeriodSeconds, planOf } from './container-plan.ts';
import { type PodState, runOf, type StopReason, withRun } from './pod-state.ts';
import type { StepContext } from './reduce.ts';

const words: Readonly<Record<StopReason, string>> = {
  'pod-end': '',
  liveness: ' failed liveness probe, will be restarted',
  startup: ' failed startup probe, will be restarted',
  'post-start': ' failed its postStart hook',
  changed: ' definition changed, will be restarted',
};

/** A running container begins to stop: preStop hook, signal, and after the grace period the kill. */
export function beginStop(state: PodState, container: string, reason: StopReason, context: StepContext): PodState {
  const run = runOf(state, container);
  const planned = state.pod && planOf(state.pod).find(({ name }) => name === container);
  if (run.phase !== 'running' || run.stop) return state;
  const probe = reason === 'liveness' || reason === 'startup' ? planned?.spec[`${reason}Probe`] : undefined;
  const graceSeconds = probe?.terminationGracePeriodSeconds ?? (state.pod ? gracePeriodSeconds(state.pod) : 0);
  const deadlineMs = reason === 'pod-end' && state.end ? state.end.deadlineMs : context.nowMs + graceSeconds * 1000;
  context.events.push({
    level: 'Normal',
    reason: 'Killing',
    message: reason === 'pod-end' ? `Stopping container ${container}` : `Container ${container}${words[reason]}`,
    container,
  });
  const preStop = planned?.spec.lifecycle?.preStop ? 'pending' : 'done';
  return withRun(state, container, {
    stop: { reason, sinceMs: context.nowMs, deadlineMs, preStop, signalled: false },
  });
}

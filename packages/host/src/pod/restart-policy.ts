import type { Container, Pod } from '@godwit/kinds';
import type { PlannedContainer } from './container-plan.ts';
import type { ContainerExit, ContainerRun } from './pod-state.ts';

/** Kubernetes' own numbers: at once, then 10 s doubling to 5 min, forgotten after 10 min of running. */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;
const FORGET_AFTER_MS = 600_000;

/** Whether an ended container runs again by itself. */
export function restarts(pod: Pod, planned: PlannedContainer, exit: ContainerExit): boolean {
  if (planned.type === 'ephemeral') return false;
  if (planned.type === 'sidecar') return true;
  const failed = exit.exitCode !== 0 || exit.interrupted === true;
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (planned.type === 'init') return failed && policy !== 'Never';
  if (ruleMatches(planned.spec, exit.exitCode)) return true;
  const own = planned.spec.restartPolicy ?? policy;
  return own === 'Always' || (own === 'OnFailure' && failed);
}

function ruleMatches(container: Container, exitCode: number): boolean {
  return (container.restartPolicyRules ?? []).some(({ action, exitCodes }) => {
    if (action !== 'Restart' || exitCodes === undefined) return false;
    const named = (exitCodes.values ?? []).includes(exitCode);
    return exitCodes.operator === 'In' ? named : !named;
  });
}

/** The next run of an ended container: what it waits for, and what it remembers. */
export function nextRun(run: ContainerRun, exit: ContainerExit): ContainerRun {
  const ranMs = exit.finishedAtMs - (exit.startedAtMs ?? exit.finishedAtMs);
  const expected = run.stop?.reason === 'changed' || exit.interrupted === true;
  const delayMs = ranMs >= FORGET_AFTER_MS || expected ? 0 : run.backOffMs;
  const nextDelayMs = Math.min(LONGEST_BACK_OFF_MS, Math.max(FIRST_BACK_OFF_MS, delayMs * 2));
  return {
    phase: 'waiting',
    attempt: run.attempt + 1,
    ...(run.image && { image: run.image }),
    last: exit,
    notBeforeMs: exit.finishedAtMs + delayMs,
    // What was not the program's fault does not count against it.
    backOffMs: expected ? run.backOffMs : nextDelayMs,
    postStart: 'pending',
    started: false,
    ready: false,
    probes: {},
    look: false,
    removed: false,
  };
}

import { type PlannedContainer, planOf } from './container-plan.ts';
import { type ContainerRun, type PodState, runOf } from './pod-state.ts';
import { restarts } from './restart-policy.ts';

/** How far a pod has come, from its containers alone. */
export interface Outcome {
  /** All init containers are done (and sidecars have started once). */
  readonly initialized: boolean;
  /** Set once nothing will be started any more. */
  readonly result?: 'Succeeded' | 'Failed';
}

/** Whether a container has ended for good. */
export function isOver(state: PodState, planned: PlannedContainer): boolean {
  const run = runOf(state, planned.name);
  if (run.phase !== 'exited' || run.exit === undefined || state.pod === undefined) return false;
  return state.end !== undefined || !restarts(state.pod, planned, run.exit);
}

/** Whether an init container or sidecar lets the next one start. */
export function letsNextStart(planned: PlannedContainer, run: ContainerRun): boolean {
  if (planned.type === 'init') return run.phase === 'exited' && run.exit?.exitCode === 0;
  // A sidecar that started once does not hold up the others when it starts again.
  return run.attempt > 0 || (run.phase !== 'waiting' && run.started && run.postStart === 'done');
}

export function outcomeOf(state: PodState): Outcome {
  if (state.pod === undefined) return { initialized: false };
  if (state.ended) return { initialized: true, result: state.ended };
  const plan = planOf(state.pod);
  const before = plan.filter(({ type }) => type === 'init' || type === 'sidecar');
  const initialized = before.every((planned) => letsNextStart(planned, runOf(state, planned.name)));
  const failedInit = before.some(
    (planned) => planned.type === 'init' && isOver(state, planned) && runOf(state, planned.name).exit?.exitCode !== 0,
  );
  if (failedInit) return { initialized: false, result: 'Failed' };
  const mains = plan.filter(({ type }) => type === 'main');
  if (state.end?.words) {
    return someRuns(state) ? { initialized } : { initialized, result: 'Failed' };
  }
  if (!mains.every((planned) => isOver(state, planned))) return { initialized };
  if (state.end?.reason === 'shutdown' && mains.some(({ name }) => runOf(state, name).exit?.interrupted)) {
    return { initialized };
  }
  const failed = mains.some(({ name }) => {
    const exit = runOf(state, name).exit;
    return exit?.exitCode !== 0 || exit.interrupted === true;
  });
  return { initialized, result: failed ? 'Failed' : 'Succeeded' };
}

export function someRuns(state: PodState): boolean {
  return Object.values(state.containers).some(({ phase }) => phase === 'running');
}

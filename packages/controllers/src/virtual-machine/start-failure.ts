import { isFinal, type RunStrategy, type VirtualMachineInstance, type VirtualMachineStatus } from '@godwit/kinds';

/** The rule is KubeVirt's: 10 s times the square of the failures in a row, up to half more, at most 5 minutes. */
const STEP_SECONDS = 10;
const LONGEST_SECONDS = 300;

type StartFailure = VirtualMachineStatus['startFailure'];

/** Strategies that start again by themselves. */
const RESTARTING: readonly RunStrategy[] = ['Always', 'RerunOnFailure', 'Once'];

export function backOffSeconds(failures: number, chance: number): number {
  const seconds = STEP_SECONDS * Math.max(1, failures) ** 2;
  return Math.min(LONGEST_SECONDS, seconds + Math.floor(chance * (seconds / 2 + 1)));
}

/** Failed starts in a row: forgotten once the machine has run, counted once for each instance that never did. */
export function startFailureAfter(
  before: StartFailure,
  instance: VirtualMachineInstance | undefined,
  strategy: RunStrategy,
  nowMs: number,
  chance: number,
): StartFailure {
  if (!RESTARTING.includes(strategy) || hasRun(instance)) return undefined;
  if (!instance || !isFinal(instance) || before?.lastFailedVMIUID === instance.metadata.uid) return before;
  const consecutiveFailCount = (before?.consecutiveFailCount ?? 0) + 1;
  const retryMs = nowMs + backOffSeconds(consecutiveFailCount, chance) * 1000;
  return {
    consecutiveFailCount,
    lastFailedVMIUID: instance.metadata.uid ?? '',
    retryAfterTimestamp: `${new Date(retryMs).toISOString().slice(0, 19)}Z`,
  };
}

function hasRun(instance: VirtualMachineInstance | undefined): boolean {
  const { phase, phaseTransitionTimestamps = [] } = instance?.status ?? {};
  return phase === 'Running' || phaseTransitionTimestamps.some((entry) => entry.phase === 'Running');
}

/** Milliseconds until the next start may be tried; 0 when it may now. A time far ahead was set by a wrong clock. */
export function backOffLeftMs(failure: StartFailure, nowMs: number): number {
  const retryMs = failure?.retryAfterTimestamp ? Date.parse(failure.retryAfterTimestamp) : 0;
  const leftMs = retryMs - nowMs;
  return leftMs > 2 * LONGEST_SECONDS * 1000 ? 0 : Math.max(0, leftMs);
}

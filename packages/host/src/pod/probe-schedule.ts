import type { Container, Probe } from '@godwit/kinds';
import { planOf } from './container-plan.ts';
import type { PodInput } from './pod-input.ts';
import {
  type ContainerRun,
  type PodState,
  type ProbeRun,
  type ProbeType,
  probeTypes,
  runOf,
  withRun,
} from './pod-state.ts';
import type { StepContext } from './reduce.ts';
import { beginStop } from './stop.ts';

/**
 * While a container has never been ready, its readiness is asked for soon and then less and less often up
 * to the period: Kubernetes allows it, and a pod that takes 200 ms to listen is not ready 10 s late.
 */
const FIRST_READINESS_RETRY_MS = 50;

const fresh: ProbeRun = { nextAtMs: 0, successes: 0, failures: 0 };

export function probeOf(container: Container, type: ProbeType): Probe | undefined {
  return container[`${type}Probe`];
}

/** Probes that apply to a running container now, with the moment at which each is due. */
export function dueProbes(
  container: Container,
  run: ContainerRun,
): readonly { readonly type: ProbeType; readonly probe: Probe; readonly atMs: number }[] {
  if (run.phase !== 'running' || run.postStart !== 'done') return [];
  return probeTypes.flatMap((type) => {
    const probe = probeOf(container, type);
    if (probe === undefined || (type === 'startup') === run.started) return [];
    if (run.stop && type !== 'readiness') return [];
    const firstAtMs = (run.startedAtMs ?? 0) + (probe.initialDelaySeconds ?? 0) * 1000;
    return [{ type, probe, atMs: run.probes[type]?.nextAtMs ?? firstAtMs }];
  });
}

/** Takes the outcome of one probe into account. */
export function probeEnded(
  state: PodState,
  input: Extract<PodInput, { type: 'probed' }>,
  context: StepContext,
): PodState {
  const run = runOf(state, input.container);
  const container = state.pod && planOf(state.pod).find(({ name }) => name === input.container)?.spec;
  const probe = container && probeOf(container, input.probe);
  if (run.phase !== 'running' || probe === undefined) return state;
  const before = run.probes[input.probe] ?? fresh;
  const count: ProbeRun = {
    nextAtMs: context.nowMs + waitMs(probe, input, run, before),
    successes: input.ok ? before.successes + 1 : 0,
    failures: input.ok ? 0 : before.failures + 1,
  };
  const counted = withRun(state, input.container, { probes: { ...run.probes, [input.probe]: count } });
  if (count.successes >= (probe.successThreshold ?? 1)) {
    if (input.probe === 'readiness') return run.ready ? counted : withRun(counted, input.container, { ready: true });
    return input.probe === 'startup' ? withRun(counted, input.container, { started: true }) : counted;
  }
  if (count.failures < (probe.failureThreshold ?? 3)) return counted;
  if (input.probe === 'readiness') return run.ready ? withRun(counted, input.container, { ready: false }) : counted;
  return beginStop(counted, input.container, input.probe, context);
}

function waitMs(
  probe: Probe,
  input: Extract<PodInput, { type: 'probed' }>,
  run: ContainerRun,
  before: ProbeRun,
): number {
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  if (input.probe !== 'readiness' || input.ok || run.ready) return periodMs;
  return Math.min(periodMs, FIRST_READINESS_RETRY_MS * 2 ** Math.min(before.failures, 16));
}

import { describeError } from '@godwit/base';
import type { Container, LifecycleHandler, Pod, Stored } from '@godwit/kinds';
import { planOf } from './container-plan.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import type { PodTools, ProbeAnswer } from './pod-tools.ts';
import { probeOf } from './probe-schedule.ts';
import { probeTarget } from './probe-target.ts';

const HOOK_REQUEST_TIMEOUT_MS = 30_000;

const names = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' } as const;

/** Runs one probe; tells people when it fails. */
export async function performProbe(
  tools: PodTools,
  pod: Stored<Pod>,
  action: Extract<PodAction, { type: 'probe' }>,
  signal: AbortSignal,
): Promise<PodInput> {
  const { container, attempt, probe, id, timeoutMs } = action;
  const spec = specOf(pod, container);
  const definition = probeOf(spec, probe);
  const answer = definition ? await ask(tools, { pod, container: spec, id }, definition, timeoutMs, signal) : ok;
  if (!answer.ok) {
    const message = `${names[probe]} probe failed: ${answer.message}`;
    tools.reporter.event(pod, { level: 'Warning', reason: 'Unhealthy', message, container });
  }
  return { type: 'probed', container, attempt, probe, ok: answer.ok };
}

/** Runs one hook; a preStop hook that fails is told and otherwise passed over. */
export async function performHook(
  tools: PodTools,
  pod: Stored<Pod>,
  action: Extract<PodAction, { type: 'hook' }>,
  signal: AbortSignal,
): Promise<PodInput> {
  const { container, attempt, hook, id } = action;
  const spec = specOf(pod, container);
  const handler = spec.lifecycle?.[hook];
  const answer = handler ? await runHook(tools, { pod, container: spec, id }, handler, signal) : ok;
  if (!answer.ok) {
    const reason = hook === 'postStart' ? 'FailedPostStartHook' : 'FailedPreStopHook';
    tools.reporter.event(pod, { level: 'Warning', reason, message: answer.message, container });
  }
  return { type: 'hooked', container, attempt, hook, ok: answer.ok };
}

const ok: ProbeAnswer = { ok: true, message: '' };

function specOf(pod: Pod, container: string): Container {
  const spec = planOf(pod).find(({ name }) => name === container)?.spec;
  if (!spec) throw new Error(`the pod has no container ${container}`);
  return spec;
}

/** Who is asked: a container of a pod, by the id under which the engine knows it. */
interface Asked {
  readonly pod: Stored<Pod>;
  readonly container: Container;
  readonly id: string;
}

async function runHook(
  tools: PodTools,
  asked: Asked,
  handler: LifecycleHandler,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  if (handler.sleep) {
    await tools.world.clock.sleep(handler.sleep.seconds * 1000, signal);
    return ok;
  }
  return ask(tools, asked, handler, handler.exec ? undefined : HOOK_REQUEST_TIMEOUT_MS, signal);
}

async function ask(
  tools: PodTools,
  { pod, container, id }: Asked,
  question: LifecycleHandler,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  try {
    if (question.exec) return await runCommand(tools, id, question.exec.command ?? [], timeoutMs, signal);
    const target = probeTarget(question, pod, container, tools.host);
    return target ? await tools.prober.ask(target, timeoutMs ?? HOOK_REQUEST_TIMEOUT_MS, signal) : ok;
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, message: describeError(error) };
  }
}

async function runCommand(
  tools: PodTools,
  id: string,
  command: readonly string[],
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const late = new AbortController();
  const timer = timeoutMs === undefined ? undefined : tools.world.clock.after(timeoutMs, () => late.abort());
  try {
    const { exitCode, output } = await tools.containers.run(id, command, AbortSignal.any([signal, late.signal]));
    return { ok: exitCode === 0, message: output || `exit code ${exitCode}` };
  } catch (error) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw error;
    return { ok: false, message: `command timed out after ${(timeoutMs ?? 0) / 1000}s` };
  } finally {
    timer?.cancel();
  }
}

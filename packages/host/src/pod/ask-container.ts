import { describeError } from '@godwit/base';
import type { Container, LifecycleHandler, Pod, Stored } from '@godwit/kinds';
import { planOf } from './container-plan.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import type { PodTools, ProbeAnswer } from './pod-tools.ts';
import { probeOf } from './probe-schedule.ts';
import { probeTarget } from './probe-target.ts';

const HOOK_REQUEST_TIMEOUT_MS = 30_000;
const LONGEST_OUTPUT_BYTES = 10_240;

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
  const answer = definition ? await ask(tools, pod, spec, definition, id, timeoutMs, signal) : ok;
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
  const answer = handler ? await runHook(tools, pod, spec, handler, id, signal) : ok;
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

async function runHook(
  tools: PodTools,
  pod: Stored<Pod>,
  container: Container,
  handler: LifecycleHandler,
  id: string,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  if (handler.sleep) {
    await tools.world.clock.sleep(handler.sleep.seconds * 1000, signal);
    return ok;
  }
  return ask(tools, pod, container, handler, id, handler.exec ? undefined : HOOK_REQUEST_TIMEOUT_MS, signal);
}

async function ask(
  tools: PodTools,
  pod: Stored<Pod>,
  container: Container,
  question: LifecycleHandler,
  id: string,
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
  const either = AbortSignal.any([signal, late.signal]);
  try {
    const request = { command, stdin: false, stdout: true, stderr: true, tty: false };
    const session = await tools.containers.exec(id, request, either);
    either.addEventListener('abort', () => session.main.abort(), { once: true });
    const ended = Promise.all([session.exit, readText(session.main.incoming), readText(session.stderr)]);
    const result = await Promise.race([ended, aborted(either)]);
    if (result === undefined) {
      signal.throwIfAborted();
      return { ok: false, message: `command timed out after ${(timeoutMs ?? 0) / 1000}s` };
    }
    const [exit, stdout, stderr] = result;
    return { ok: exit.exitCode === 0, message: (stdout + stderr || exit.message) ?? `exit code ${exit.exitCode}` };
  } finally {
    timer?.cancel();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function readText(bytes: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of bytes ?? []) if (text.length < LONGEST_OUTPUT_BYTES) text += decoder.decode(chunk);
  } catch {
    // What came before the break is what there is.
  }
  return text.slice(0, LONGEST_OUTPUT_BYTES);
}

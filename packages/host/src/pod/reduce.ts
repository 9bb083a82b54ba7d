import type { Pod, Stored } from '@godwit/kinds';
import type { ContainerFacts } from '../container-driver.ts';
import type { Tick } from '../machine/index.ts';
import { adopt } from './adopt.ts';
import { exitOf, lostExit, startErrorExit } from './container-exit.ts';
import { gracePeriodSeconds, planOf } from './container-plan.ts';
import { withinReason } from './moved-in-time.ts';
import type { PodEvent, PodInput } from './pod-input.ts';
import {
  type ContainerRun,
  type EndReason,
  type EndWords,
  type PodState,
  runOf,
  withoutRetry,
  withRun,
} from './pod-state.ts';
import { probeEnded } from './probe-schedule.ts';
import { resourcesText } from './resize.ts';
import { retryAfter } from './retry.ts';
import { beginStop } from './stop.ts';

/** What a step may know besides the state; `events` collects what people should hear. */
export interface StepContext {
  readonly nowMs: number;
  readonly events: PodEvent[];
}

/** How long the processes of a pod have that vanished from the API without a word. */
const ABSENT_GRACE_MS = 2_000;

/** Pure: the state after one input. */
export function reduce(state: PodState, input: PodInput | Tick, context: StepContext): PodState {
  switch (input.type) {
    case 'tick':
      return state;
    case 'pod':
      return takePod(state, input.pod, context.nowMs);
    case 'absent':
      return { ...ended(state, 'absent', context.nowMs, context.nowMs + ABSENT_GRACE_MS), reported: true };
    case 'shutdown':
      return state.end ? state : ended(state, 'shutdown', context.nowMs, context.nowMs + graceOf(state, input.graceMs));
    case 'adopted':
      return adopt(withinReason(state, context.nowMs), input.containers, context.nowMs);
    case 'configuration-changed':
      return { ...state, configurationVersion: state.configurationVersion + 1, retries: {} };
    case 'failed':
      return takeFailure(state, input, context);
    default:
      return reduceResult(state, input, context);
  }
}

type Result = Exclude<
  PodInput | Tick,
  { type: 'tick' | 'pod' | 'absent' | 'shutdown' | 'adopted' | 'configuration-changed' | 'failed' }
>;

function reduceResult(state: PodState, input: Result, context: StepContext): PodState {
  switch (input.type) {
    case 'attached':
      return withoutRetry({ ...state, network: { type: 'attached', namespacePath: input.namespacePath } }, 'network');
    case 'detached':
      return withoutRetry({ ...state, network: { type: 'detached' } }, 'network');
    case 'mounted':
      return withoutRetry(
        {
          ...state,
          volumes: { type: 'mounted', paths: input.paths, version: input.version, renewAtMs: input.renewAtMs },
        },
        'volumes',
      );
    case 'volumes-removed':
      return withoutRetry({ ...state, volumes: { type: 'removed' } }, 'volumes');
    case 'measured':
      return takeMeasure(state, input.excess, context);
    case 'drained':
      return { ...state, drained: true };
    case 'leftovers-removed':
      return withoutRetry(
        { ...state, leftovers: state.leftovers.filter((id) => !input.ids.includes(id)) },
        'leftovers',
      );
    case 'status-written':
      return withoutRetry({ ...state, writtenStatus: input.status }, 'status');
    case 'reported':
      return { ...state, reported: true };
    case 'exit-noticed':
      return noticeExit(state, input.id);
    default:
      return reduceContainer(state, input, context);
  }
}

type ContainerInput = Extract<Result, { container: string }>;

function reduceContainer(state: PodState, input: ContainerInput, context: StepContext): PodState {
  const { container } = input;
  const run = runOf(state, container);
  if (input.type === 'started') return takeStart(state, input);
  if (input.attempt !== run.attempt) return state;
  const settled = withoutRetry(state, `container/${container}`);
  switch (input.type) {
    case 'inspected':
      return takeFacts(settled, container, run, input.facts, input.message, context.nowMs);
    case 'resized':
      return withRun(settled, container, { resources: input.resources });
    case 'removed':
      return withRun(settled, container, { removed: true });
    case 'signalled':
      if (!run.stop) return state;
      return withRun(settled, container, {
        stop: { ...run.stop, signalled: true, ...(input.killed && { killedAtMs: context.nowMs }) },
      });
    case 'hooked':
      if (input.hook === 'preStop') {
        return run.stop ? withRun(state, container, { stop: { ...run.stop, preStop: 'done' } }) : state;
      }
      if (input.ok) return withRun(state, container, { postStart: 'done' });
      return beginStop(state, container, 'post-start', context);
    default:
      return probeEnded(state, input, context);
  }
}

function takePod(state: PodState, pod: Stored<Pod>, nowMs: number): PodState {
  const conditions = state.conditions ?? pod.status?.conditions;
  const startTimeMs = state.startTimeMs ?? Date.parse(pod.status?.startTime ?? '');
  const phase = pod.status?.phase;
  const isNew = state.pod === undefined && Object.keys(state.containers).length === 0;
  const endedBefore = isNew && (phase === 'Succeeded' || phase === 'Failed') ? phase : state.ended;
  const next: PodState = {
    ...state,
    pod,
    confirmed: true,
    ended: endedBefore,
    startTimeMs: Number.isNaN(startTimeMs) ? nowMs : startTimeMs,
    ...(conditions && { conditions }),
    ...(showsMetadata(state.pod, pod) && { configurationVersion: state.configurationVersion + 1 }),
  };
  if (pod.metadata.deletionTimestamp === undefined) return next;
  const deadlineMs = Math.min(
    // Written in whole seconds: the rest of the last one is still the pod's.
    Date.parse(pod.metadata.deletionTimestamp) + 999,
    (state.end?.reason === 'deleted' ? state.end.sinceMs : nowMs) + gracePeriodSeconds(pod) * 1000,
  );
  return ended(next, 'deleted', nowMs, deadlineMs);
}

/** How long a pod has to end: as long as it asked for, but no longer than allowed. */
function graceOf(state: PodState, mostMs: number): number {
  return state.pod ? Math.min(mostMs, gracePeriodSeconds(state.pod) * 1000) : mostMs;
}

/** Whether labels or annotations changed, which downward volumes show. */
function showsMetadata(before: Pod | undefined, after: Pod): boolean {
  if (before === undefined) return false;
  return metadataText(before) !== metadataText(after);
}

const metadataText = ({ metadata }: Pod): string => JSON.stringify([metadata.labels, metadata.annotations]);

const endStrength: Readonly<Record<EndReason, number>> = { shutdown: 0, failed: 1, deleted: 2, absent: 3 };

/** Marks the end, or makes it sooner; a stronger reason replaces a weaker one. */
export function ended(
  state: PodState,
  reason: EndReason,
  nowMs: number,
  deadlineMs: number,
  words?: EndWords,
): PodState {
  const { end, retries } = state;
  // What could not be begun need not be waited for any more.
  if (!end) {
    const kept = retries.status ? { status: retries.status } : {};
    return { ...state, retries: kept, end: { reason, sinceMs: nowMs, deadlineMs, words } };
  }
  const stronger = endStrength[reason] > endStrength[end.reason] ? reason : end.reason;
  return { ...state, end: { ...end, reason: stronger, deadlineMs: Math.min(end.deadlineMs, deadlineMs) } };
}

function takeMeasure(state: PodState, excess: string | undefined, context: StepContext): PodState {
  const measured = { ...state, measuredAtMs: context.nowMs };
  if (excess === undefined) return measured;
  context.events.push({ level: 'Warning', reason: 'Evicted', message: excess });
  // Who fills the disk gets no time to go on with it.
  return ended(measured, 'failed', context.nowMs, context.nowMs, { reason: 'Evicted', message: excess });
}

function noticeExit(state: PodState, id: string): PodState {
  for (const [name, run] of Object.entries(state.containers)) {
    if (run.id === id && run.phase === 'running') return withRun(state, name, { look: true });
  }
  return state;
}

function takeStart(state: PodState, input: Extract<PodInput, { type: 'started' }>): PodState {
  const { container } = input;
  const { attempt, id, image, startedAtMs, ended: look } = input.run;
  const run = runOf(state, container);
  if (attempt !== run.attempt || run.phase !== 'waiting') return state;
  const spec = state.pod && planOf(state.pod).find(({ name }) => name === container)?.spec;
  return withRun(withoutRetry(state, `container/${container}`), container, {
    phase: 'running',
    id,
    image,
    resources: resourcesText(spec),
    startedAtMs,
    postStart: spec?.lifecycle?.postStart ? 'pending' : 'done',
    started: spec?.startupProbe === undefined,
    look,
    removed: false,
  });
}

function takeFacts(
  state: PodState,
  container: string,
  run: ContainerRun,
  facts: ContainerFacts | undefined,
  message: string | undefined,
  nowMs: number,
): PodState {
  if (run.phase !== 'running') return withRun(state, container, { look: false });
  if (facts?.state === 'running') {
    const stop = run.stop && { ...run.stop, killedAtMs: undefined };
    return withRun(state, container, { look: false, ...(stop && { stop }) });
  }
  const exit = facts === undefined ? lostExit(run, nowMs) : exitOf(facts, run, message, nowMs);
  const interrupted = state.end?.reason === 'shutdown';
  return withRun(state, container, {
    phase: 'exited',
    look: false,
    ready: false,
    started: false,
    exit: interrupted ? { ...exit, interrupted } : exit,
  });
}

function takeFailure(state: PodState, input: Extract<PodInput, { type: 'failed' }>, context: StepContext): PodState {
  const { lane, action, reason, message } = input;
  // A data plane that cannot drain must not hold up the end of a pod.
  if (lane === 'drain') return { ...state, drained: true };
  if (state.end && action.type === 'start') return state;
  if (input.startError && action.type === 'start') {
    const run = runOf(state, action.container);
    if (run.attempt !== action.attempt || run.phase !== 'waiting') return state;
    const exit = startErrorExit(reason, message, context.nowMs);
    return withRun(withoutRetry(state, lane), action.container, { phase: 'exited', exit });
  }
  return {
    ...state,
    retries: { ...state.retries, [lane]: retryAfter(state.retries[lane], lane, reason, message, context.nowMs) },
  };
}

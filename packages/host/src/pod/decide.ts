import { sameJson } from '@godwit/client';
import type { Pod } from '@godwit/kinds';
import { activeDeadlineMs, drainDeadlineMs } from './advance.ts';
import { type PlannedContainer, planOf } from './container-plan.ts';
import { letsNextStart, outcomeOf, someRuns } from './outcome.ts';
import type { PodAction, ProbeAction } from './pod-input.ts';
import { type ContainerRun, type PodState, runOf } from './pod-state.ts';
import { statusOf } from './pod-status.ts';
import { dueProbes } from './probe-schedule.ts';
import { isResizing, mustRestart, resourcesText } from './resize.ts';

/** After a kill that nobody confirmed, look again. */
const KILL_CHECK_MS = 2_000;
/** What is left for the signal when the preStop hook used up the grace period; Kubernetes' number. */
const LAST_GRACE_MS = 2_000;
/** How often use of disk space is looked at, where it is limited. */
const MEASURE_MS = 30_000;

/** What a step asks for, as it is gathered. */
export class Wishes {
  readonly actions: PodAction[] = [];
  wakeAtMs: number | undefined;
  readonly #state: PodState;
  readonly nowMs: number;

  constructor(state: PodState, nowMs: number) {
    this.#state = state;
    this.nowMs = nowMs;
  }

  /** Adds an action unless its lane waits after a failure; then the step is woken in time. */
  add(action: PodAction): void {
    const retry = action.lane === undefined ? undefined : this.#state.retries[action.lane];
    if (retry && !this.reached(retry.atMs)) return;
    this.actions.push(action);
  }

  /** Whether the moment has come; if not, the step is woken then. */
  reached(atMs: number): boolean {
    if (this.nowMs >= atMs) return true;
    this.wakeAtMs = Math.min(this.wakeAtMs ?? atMs, atMs);
    return false;
  }
}

/** Pure: everything that is wanted now. */
export function decide(state: PodState, nowMs: number): { wishes: Wishes; finished: boolean } {
  const wishes = new Wishes(state, nowMs);
  for (const [name, run] of Object.entries(state.containers)) decideContainer(state, name, run, wishes);
  const told = decideStatus(state, wishes);
  const finished = state.end ? decideEnd(state, told, wishes) : decideRun(state, wishes);
  return { wishes, finished };
}

function decideRun(state: PodState, wishes: Wishes): boolean {
  if (state.pod === undefined || !state.confirmed) return false;
  const outcome = outcomeOf(state);
  if (outcome.result) {
    if (!someRuns(state) && state.network.type === 'attached') {
      wishes.add({ type: 'detach', lane: 'network', name: 'detach' });
    }
    return false;
  }
  const deadlineMs = activeDeadlineMs(state);
  if (deadlineMs !== undefined) wishes.reached(deadlineMs);
  if (state.network.type !== 'attached') wishes.add({ type: 'attach', lane: 'network', name: 'attach' });
  const version = state.configurationVersion;
  const renewAtMs = state.volumes.type === 'mounted' ? state.volumes.renewAtMs : undefined;
  const renew = renewAtMs !== undefined && wishes.reached(renewAtMs);
  if (state.volumes.type !== 'mounted' || state.volumes.version < version || renew) {
    wishes.add({ type: 'mount', lane: 'volumes', name: `mount ${version}`, version });
  }
  decideMeasure(state, state.pod, wishes);
  const starting = state.network.type === 'attached' && state.volumes.type === 'mounted' && decideStarts(state, wishes);
  if (!starting) decideLeftovers(state, wishes);
  return false;
}

function decideMeasure(state: PodState, pod: Pod, wishes: Wishes): void {
  if (state.volumes.type !== 'mounted' || !hasStorageLimit(pod)) return;
  if (state.measuredAtMs !== undefined && !wishes.reached(state.measuredAtMs + MEASURE_MS)) return;
  wishes.add({ type: 'measure', lane: 'storage', name: 'measure', interruptible: true });
}

/** Whether anything limits the disk space of a pod. */
function hasStorageLimit({ spec }: Pod): boolean {
  const isLimited = (spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined);
  return isLimited || spec.containers.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined);
}

/** Asks for the start of every container whose turn it is. True when there was one. */
function decideStarts(state: PodState, wishes: Wishes): boolean {
  const { pod, network, volumes } = state;
  if (pod === undefined || network.type !== 'attached' || volumes.type !== 'mounted') return false;
  let open = true;
  let some = false;
  for (const planned of planOf(pod)) {
    const run = runOf(state, planned.name);
    if (open && run.phase === 'waiting' && wishes.reached(run.notBeforeMs)) {
      const { name: container } = planned;
      const { attempt } = run;
      const { namespacePath } = network;
      const { paths } = volumes;
      const name = `start ${attempt}`;
      const lane = `container/${container}`;
      const shared = sharedProcesses(state, planned);
      // The first one makes the namespace that the others join.
      if (shared !== 'wait' || !some) {
        const processNamespaceOf = shared === 'wait' ? undefined : shared;
        const facts = { container, attempt, namespacePath, paths, processNamespaceOf };
        wishes.add({ type: 'start', lane, name, ...facts, interruptible: true });
      }
      some = true;
    }
    if (isInitial(planned) && !letsNextStart(planned, run)) open = false;
  }
  return some;
}

/** The container whose processes one shares; undefined for its own; `wait` when there is none to join yet. */
function sharedProcesses(state: PodState, { spec, name }: PlannedContainer): string | undefined {
  const target = 'targetContainerName' in spec ? spec.targetContainerName : undefined;
  if (typeof target === 'string') return runOf(state, target).id;
  if (!state.pod?.spec.shareProcessNamespace) return undefined;
  const others = Object.entries(state.containers).filter(([other, run]) => other !== name && run.phase === 'running');
  return others[0]?.[1].id ?? 'wait';
}

const isInitial = (planned: PlannedContainer): boolean => planned.type === 'init' || planned.type === 'sidecar';

function decideLeftovers(state: PodState, wishes: Wishes): void {
  const { leftovers: ids } = state;
  if (ids.length === 0) return;
  wishes.add({ type: 'remove-leftovers', lane: 'leftovers', name: `remove ${ids.join(' ')}`, ids });
}

/** The way out: drain, stop (in decideContainer), remove, unmount and detach, report. True when all is done. */
function decideEnd(state: PodState, told: boolean, wishes: Wishes): boolean {
  const end = state.end as NonNullable<PodState['end']>;
  if (!state.drained && someRuns(state)) {
    const untilMs = drainDeadlineMs(end);
    if (!wishes.reached(untilMs)) {
      const timeoutMs = untilMs - wishes.nowMs;
      wishes.add({ type: 'drain', lane: 'drain', name: 'drain', timeoutMs, interruptible: true });
    }
  }
  wishes.reached(end.deadlineMs);
  if (someRuns(state)) return false;
  if (end.reason === 'failed') {
    if (state.network.type === 'attached') wishes.add({ type: 'detach', lane: 'network', name: 'detach' });
    return false;
  }
  if (!decideRemovals(state, wishes)) return false;
  const keep = end.reason === 'shutdown';
  if (state.volumes.type !== 'removed') {
    wishes.add({ type: 'remove-volumes', lane: 'volumes', name: 'remove', keep });
  }
  if (state.network.type !== 'detached') wishes.add({ type: 'detach', lane: 'network', name: 'detach' });
  if (state.volumes.type !== 'removed' || state.network.type !== 'detached' || keep) return false;
  if (!state.reported && told) wishes.add({ type: 'report-gone', lane: 'report', name: 'report' });
  return state.reported;
}

/** Removes every container in every form it may have. True when none is left. */
function decideRemovals(state: PodState, wishes: Wishes): boolean {
  const planned = state.pod ? planOf(state.pod).map(({ name }) => name) : [];
  const names = new Set([...planned, ...Object.keys(state.containers)]);
  let left = state.leftovers.length;
  decideLeftovers(state, wishes);
  for (const container of names) {
    const { removed, attempt, id } = runOf(state, container);
    if (removed) continue;
    left++;
    const name = `remove ${attempt}`;
    wishes.add({ type: 'remove', lane: `container/${container}`, name, container, attempt, id });
  }
  return left === 0;
}

function decideContainer(state: PodState, container: string, run: ContainerRun, wishes: Wishes): void {
  const { phase, id, attempt, stop } = run;
  if (phase !== 'running' || id === undefined) return;
  const lane = `container/${container}`;
  const subject = { container, attempt, id };
  const spec = state.pod && planOf(state.pod).find(({ name }) => name === container)?.spec;
  if (run.look) {
    wishes.add({ type: 'inspect', lane, name: `inspect ${attempt}`, ...subject });
    return;
  }
  if (spec && !stop && run.postStart === 'pending') {
    const hookLane = `hook/${container}`;
    wishes.add({ type: 'hook', hook: 'postStart', lane: hookLane, name: 'postStart', ...subject, interruptible: true });
  }
  if (stop) decideStop(run, subject, wishes);
  if (!spec) return;
  if (!stop && isResizing(spec, run) && !mustRestart(spec, run)) {
    const resources = resourcesText(spec);
    wishes.add({ type: 'resize', lane, name: `resize ${resources}`, ...subject, resources });
  }
  for (const { type, probe, atMs } of dueProbes(spec, run)) {
    if (!wishes.reached(atMs)) continue;
    wishes.add(probeAction(type, subject, (probe.timeoutSeconds ?? 1) * 1000));
  }
}

function probeAction(probe: ProbeAction['probe'], subject: Subject, timeoutMs: number): PodAction {
  const lane = `probe/${subject.container}/${probe}`;
  return { type: 'probe', probe, lane, name: `probe ${subject.attempt}`, ...subject, timeoutMs, interruptible: true };
}

interface Subject {
  readonly container: string;
  readonly attempt: number;
  readonly id: string;
}

function decideStop(run: ContainerRun, subject: Subject, wishes: Wishes): void {
  const stop = run.stop as NonNullable<ContainerRun['stop']>;
  const lane = `container/${subject.container}`;
  const late = wishes.reached(stop.deadlineMs);
  if (stop.preStop === 'pending' && !late) {
    const hookLane = `hook/${subject.container}`;
    wishes.add({ type: 'hook', hook: 'preStop', lane: hookLane, name: 'preStop', ...subject, interruptible: true });
    return;
  }
  if (stop.killedAtMs !== undefined) {
    if (wishes.reached(stop.killedAtMs + KILL_CHECK_MS)) {
      wishes.add({ type: 'inspect', lane, name: `inspect ${subject.attempt}`, ...subject });
    }
    return;
  }
  // A hook that took the whole grace period still leaves the program a moment to end by itself.
  const killAtMs =
    stop.preStop === 'pending' && stop.deadlineMs > stop.sinceMs ? stop.deadlineMs + LAST_GRACE_MS : stop.deadlineMs;
  const kill = wishes.reached(killAtMs);
  if (stop.signalled && !kill) return;
  const signal = kill ? 'SIGKILL' : run.image?.stopSignal || 'SIGTERM';
  wishes.add({ type: 'signal', lane, name: signal, signal, ...subject });
}

/** True when the API has our latest status, or cannot be told. */
function decideStatus(state: PodState, wishes: Wishes): boolean {
  if (state.pod === undefined || state.ended || state.end?.reason === 'absent' || state.reported) return true;
  const { status, changesAtMs } = statusOf(state, wishes.nowMs);
  if (changesAtMs !== undefined) wishes.reached(changesAtMs);
  if (sameJson(status, state.writtenStatus)) return true;
  wishes.add({ type: 'write-status', lane: 'status', name: 'status', status });
  return state.retries.status !== undefined;
}

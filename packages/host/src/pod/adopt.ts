import type { ContainerFacts } from '../container-driver.ts';
import { lostExit } from './container-exit.ts';
import { containerLabels } from './container-labels.ts';
import { type ContainerRun, freshRun, type PodState } from './pod-state.ts';

/**
 * Takes over what an earlier process left: what runs goes on as the run it is, what ended meanwhile is
 * looked at, and containers of older attempts are left over.
 */
export function adopt(state: PodState, found: readonly ContainerFacts[], nowMs: number): PodState {
  const newest = new Map<string, ContainerFacts>();
  for (const facts of found) {
    const name = containerLabels(facts).container;
    const other = newest.get(name);
    if (!other || attemptOf(other) < attemptOf(facts)) newest.set(name, facts);
  }
  const names = new Set([...Object.keys(state.containers), ...newest.keys()]);
  const containers: Record<string, ContainerRun> = {};
  for (const name of names) {
    containers[name] = adoptRun(state.containers[name] ?? freshRun, newest.get(name), nowMs);
  }
  const kept = new Set(Object.values(containers).map(({ id }) => id));
  return {
    ...state,
    containers,
    leftovers: found.map(({ id }) => id).filter((id) => !kept.has(id)),
    // Attaching and mounting again repairs what a reboot took; both are idempotent.
    network: { type: 'none' },
    volumes: { type: 'none' },
    end: state.end?.reason === 'shutdown' ? undefined : state.end,
    drained: false,
  };
}

const attemptOf = (facts: ContainerFacts): number => containerLabels(facts).attempt;

function adoptRun(run: ContainerRun, facts: ContainerFacts | undefined, nowMs: number): ContainerRun {
  if (facts === undefined || attemptOf(facts) < run.attempt) {
    if (run.phase === 'running') return { ...run, phase: 'exited', exit: lostExit(run, nowMs), look: false };
    return run;
  }
  const attempt = attemptOf(facts);
  const same = attempt === run.attempt;
  const base: ContainerRun = { ...(same ? run : freshRun), attempt, id: facts.id, removed: false };
  const started = facts.startedAtMs !== undefined && { startedAtMs: facts.startedAtMs };
  if (facts.state === 'created') return adoptCreated(base, same, nowMs);
  if (facts.state === 'exited') {
    if (run.phase === 'exited' && same) return { ...base, ...started };
    const image = base.image ?? imageOf(facts);
    // Looked at once more for its last message.
    return { ...base, ...started, image, phase: 'running', look: true };
  }
  const known = same && run.phase === 'running';
  return {
    ...base,
    ...started,
    phase: 'running',
    image: base.image ?? imageOf(facts),
    look: false,
    // Without a record of it, the hook may have run: twice is worse than not knowing.
    postStart: known ? run.postStart : 'done',
    started: known ? run.started : true,
  };
}

/**
 * Made but not running: it has not been started yet, which the next step asks for anyway, or the host has
 * been started anew, after which the engine has forgotten that it ever ran.
 */
function adoptCreated(run: ContainerRun, same: boolean, nowMs: number): ContainerRun {
  if (same && run.phase === 'running') return { ...run, phase: 'exited', exit: lostExit(run, nowMs), look: false };
  return same && run.phase === 'exited' ? run : { ...run, phase: 'waiting' };
}

function imageOf(facts: ContainerFacts): NonNullable<ContainerRun['image']> {
  const { image } = containerLabels(facts);
  return { name: image, id: facts.imageId, reference: facts.imageId, stopSignal: '' };
}

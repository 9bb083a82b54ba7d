import { instanceFinalizer } from '@godwit/kinds';
import type { GuestEvent, GuestRun } from '../hypervisor-driver.ts';
import type { Tick } from '../machine/index.ts';
import { hasBootSource } from './boot-source.ts';
import { backOff, failureReason } from './failure-reason.ts';
import { probeEnded } from './guest-probes.ts';
import { endOf, finish, graceMs, unhealthy } from './life-end.ts';
import type { MachineInput } from './machine-input.ts';
import { type MachineState, type Outcome, withoutRetry } from './machine-state.ts';
import { NO_BOOT_DEVICE } from './machine-status.ts';
import { stopWithinReason } from './moved-in-time.ts';
import { resized } from './resized.ts';
import type { StepContext } from './step-context.ts';
import { beginStop } from './stop.ts';

const AGENT_PERIOD_MS = 15_000;
const AGENT_FIRST_MS = 200;

/** The state after one input. Pure, but for what it tells. */
export function reduce(state: MachineState, input: MachineInput | Tick, context: StepContext): MachineState {
  switch (input.type) {
    case 'tick':
      return state;
    case 'machine':
      return machineChanged({ ...state, machine: input.machine }, context);
    case 'absent':
      return beginStop({ ...state, absent: true }, 'absent', graceMs(state), context);
    case 'shutdown':
      // The host's own end may come sooner than the machine's patience, never later.
      return beginStop({ ...state, hostEnds: true }, 'shutdown', Math.min(input.graceMs, graceMs(state)), context);
    case 'adopted':
      return adopted(state, input, context);
    case 'prepared':
      // A launch that failed is not forgotten by disks that were laid out for the next try.
      return ready({ ...state, prepared: input.prepared });
    case 'attached':
      return attached(withoutRetry({ ...state, interfaces: input.interfaces, detached: false }, 'network'));
    case 'detached':
      return ended({ ...state, interfaces: undefined, detached: true });
    case 'launched':
      return launched(state, input, context);
    case 'guest':
      return heard(state, input.event, context);
    case 'rebooting':
      return { ...state, rebooting: true };
    case 'restarted':
      return withoutRetry({ ...state, rebooting: false }, 'machine');
    case 'cleaned':
      return ended(withoutRetry({ ...state, cleaned: true, view: undefined }, 'machine'));
    case 'agent-facts':
      return withoutRetry(
        { ...state, agent: { ...state.agent, facts: input.facts, askAtMs: context.nowMs + AGENT_PERIOD_MS } },
        'agent',
      );
    case 'credentials-given':
      return withoutRetry({ ...state, agent: { ...state.agent, hasCredentials: true } }, 'credentials');
    case 'processors-used':
      return withoutRetry({ ...state, agent: { ...state.agent, usesSockets: input.sockets } }, 'processors');
    case 'failed':
      return failed(state, input, context);
    default:
      return reduceOther(state, input, context);
  }
}

type OtherInput = Extract<
  MachineInput,
  {
    type:
      | 'drained'
      | 'pressed'
      | 'probed'
      | 'status-written'
      | 'released'
      | 'sockets-set'
      | 'memory-set'
      | 'memory-seen';
  }
>;

function reduceOther(state: MachineState, input: OtherInput, context: StepContext): MachineState {
  switch (input.type) {
    case 'drained':
      return state.stop ? { ...state, stop: { ...state.stop, drained: true } } : state;
    case 'pressed':
      return state.stop ? { ...state, stop: { ...state.stop, pressedAtMs: context.nowMs } } : state;
    case 'probed':
      return probeEnded(state, input, context);
    case 'status-written':
      return withoutRetry({ ...state, writtenStatus: input.status }, 'status');
    case 'released':
      return withoutRetry({ ...state, released: true }, 'status');
    default:
      return resized(state, input, context);
  }
}

function machineChanged(state: MachineState, context: StepContext): MachineState {
  const { machine } = state;
  const phase = machine?.status?.phase;
  const fresh = state.stage === 'preparing' && !state.prepared && !state.interfaces && !state.view;
  // A life that has ended is over, whatever the record says.
  if (fresh && (phase === 'Succeeded' || phase === 'Failed')) {
    const outcome: Outcome = { phase, reason: machine?.status?.reason ?? '', message: '' };
    return marksRead({ ...state, stage: 'cleaning', outcome }, context);
  }
  return marksRead(state, context);
}

/** Deletion mark and finalizer. */
function marksRead(state: MachineState, context: StepContext): MachineState {
  const { metadata } = state.machine ?? {};
  const released = state.released || !(metadata?.finalizers ?? []).includes(instanceFinalizer);
  const known = { ...state, released };
  return metadata?.deletionTimestamp ? beginStop(known, 'deleted', graceMs(state), context) : known;
}

function adopted(
  state: MachineState,
  { view, stage, interfaces, rebooted }: Extract<MachineInput, { type: 'adopted' }>,
  context: StepContext,
): MachineState {
  const stop = state.stop && stopWithinReason(state.stop, context.nowMs);
  const known: MachineState = { ...state, stop, interfaces: rebooted ? undefined : interfaces };
  if (view) {
    const running: MachineState = {
      ...known,
      interfaces: interfaces ?? [],
      stage: state.stop ? 'stopping' : 'running',
      view,
      agent: { connected: view.agentConnected, askAtMs: context.nowMs },
    };
    return runChanged(running, view.run, undefined, context);
  }
  if (stage === 'ended' || stage === 'cleaning') return { ...known, stage: 'cleaning' };
  if ((stage === 'running' || stage === 'stopping') && !rebooted) {
    const outcome: Outcome = { phase: 'Failed', reason: 'Crashed', message: 'QEMU ended while nobody watched' };
    return finish(known, outcome, context);
  }
  const anew: MachineState = { ...known, stage: 'preparing' };
  if (!state.stop) return anew;
  return finish(anew, { phase: 'Succeeded', reason: 'Stopped', message: 'stopped as told' }, context);
}

/** A port that came when the machine was over already has to be taken away again. */
function attached(state: MachineState): MachineState {
  return state.stage === 'ended' ? { ...state, stage: 'cleaning' } : ready(state);
}

/** Both disks and port are there: on to the launch. */
function ready(state: MachineState): MachineState {
  return state.stage === 'preparing' && state.prepared && state.interfaces ? { ...state, stage: 'launching' } : state;
}

function launched(
  state: MachineState,
  { view }: Extract<MachineInput, { type: 'launched' }>,
  context: StepContext,
): MachineState {
  const running = withoutRetry({ ...state, view }, 'machine');
  // Told to go while it was being launched: it is ended like one that ran.
  if (state.stage !== 'launching') return running;
  context.tell('Normal', 'Started', 'The virtual machine runs.');
  if (state.machine && !hasBootSource(state.machine.spec)) context.tell('Warning', 'NoBootDevice', NO_BOOT_DEVICE);
  const agent = { connected: view.agentConnected, askAtMs: context.nowMs + AGENT_FIRST_MS };
  return runChanged({ ...running, stage: 'running', agent }, view.run, undefined, context);
}

function heard(state: MachineState, event: GuestEvent, context: StepContext): MachineState {
  if (!state.view || (state.stage !== 'running' && state.stage !== 'stopping')) return state;
  switch (event.type) {
    case 'run':
      return runChanged(state, event.run, event.message, context);
    case 'agent':
      return {
        ...state,
        view: { ...state.view, agentConnected: event.connected },
        agent: {
          ...state.agent,
          connected: event.connected,
          askAtMs: context.nowMs,
          hasCredentials: false,
          usesSockets: undefined,
        },
      };
    case 'reset':
      if (event.byGuest) context.tell('Normal', 'Rebooted', 'The guest rebooted.');
      return {
        ...state,
        rebooting: false,
        agent: { connected: false, askAtMs: 0 },
        probes: {},
        // One that begins anew has all of its memory, until it gives some again.
        view: { ...state.view, balloonBytes: state.view.memoryBytes },
        ballooning: undefined,
      };
    case 'balloon':
      return { ...state, memoryNews: state.memoryNews + 1 };
    case 'watchdog':
      context.tell('Warning', 'WatchdogFired', `The watchdog of the guest fired: ${event.action}.`);
      return state;
    case 'ended':
      return finish(state, endOf(state, event.message), context);
  }
}

function runChanged(
  state: MachineState,
  run: GuestRun,
  message: string | undefined,
  context: StepContext,
): MachineState {
  if (!state.view) return state;
  const before = state.view.run;
  const known: MachineState = {
    ...state,
    view: { ...state.view, run },
    runMessage: message ?? (run === before ? state.runMessage : undefined),
  };
  if (run === 'crashed') {
    return finish(known, { phase: 'Failed', reason: 'GuestCrashed', message: message ?? 'the guest crashed' }, context);
  }
  if (run === 'shutdown') {
    if (known.rebooting && !known.stop) return known;
    const off: Outcome = { phase: 'Succeeded', reason: 'GuestShutdown', message: 'the guest switched itself off' };
    return finish(known, known.stop?.reason === 'liveness' ? unhealthy(known) : off, context);
  }
  if (run === before) return known;
  if (run === 'io-error') context.tell('Warning', 'IOerror', `The guest is held: ${message ?? 'a disk refused'}.`);
  if (run === 'paused' && before === 'running') context.tell('Normal', 'Paused', 'The guest is paused.');
  if (run === 'running' && before !== 'shutdown') context.tell('Normal', 'Resumed', 'The guest goes on.');
  return known;
}

function ended(state: MachineState): MachineState {
  return state.stage === 'cleaning' && state.cleaned && state.detached ? { ...state, stage: 'ended' } : state;
}

function failed(
  state: MachineState,
  { action, code, message }: Extract<MachineInput, { type: 'failed' }>,
  context: StepContext,
): MachineState {
  const lane = action.lane ?? action.type;
  const reason = failureReason(code, action.type);
  const before = state.retries[lane];
  const { firstMs, longestMs } = backOff(code, lane);
  const delayMs = before?.reason === reason ? Math.min(longestMs, before.delayMs * 2) : firstMs;
  if (lane !== 'status' && lane !== 'agent') context.tell('Warning', reason, message);
  const retry = { atMs: context.nowMs + delayMs, delayMs, failedAtMs: context.nowMs, reason, message };
  const known = { ...state, retries: { ...state.retries, [lane]: retry } };
  // Disks may have been changed by a try that failed: they are laid out anew.
  return action.type === 'launch' && state.stage === 'launching'
    ? { ...known, stage: 'preparing', prepared: undefined }
    : known;
}

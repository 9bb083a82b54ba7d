import { sameJson } from '@godwit/client';
import type { GuestView } from '../hypervisor-driver.ts';
import { balloonWakeAtMs, memoryOf } from './ballooning.ts';
import { hasAgentCredentials } from './guest-credentials.ts';
import { dueProbes } from './guest-probes.ts';
import { hasBalloon, wantedMemoryBytes } from './guest-size.ts';
import type { VirtualMachineAction } from './machine-input.ts';
import type { MachineState } from './machine-state.ts';
import { machineStatus } from './machine-status.ts';

export interface Wanted {
  readonly actions: readonly VirtualMachineAction[];
  /** When something is due that no input announces. */
  readonly wakeAtMs: number | undefined;
}

/** How long the power button is given before it is pressed again: early in a boot nobody hears it. */
const PRESS_AGAIN_MS = 2_000;

/** Everything that is to be done as things stand. */
export function wantedActions(state: MachineState, nowMs: number): Wanted {
  const wanted = new WantedList(state, nowMs);
  switch (state.stage) {
    case 'preparing':
      if (!state.machine) break;
      if (!state.prepared) wanted.add({ type: 'prepare', name: 'prepare', lane: 'machine', interruptible: true });
      if (!state.interfaces) wanted.add({ type: 'attach', name: 'attach', lane: 'network' });
      break;
    case 'launching':
      if (state.prepared && state.interfaces) {
        const { prepared, interfaces } = state;
        wanted.add({ type: 'launch', name: 'launch', lane: 'machine', prepared, interfaces });
      }
      break;
    case 'running':
      addRunning(state, wanted);
      break;
    case 'stopping':
      addStopping(state, wanted, nowMs);
      break;
    case 'cleaning':
      if (!state.cleaned) wanted.add({ type: 'clean', name: 'clean', lane: 'machine' });
      if (!state.detached) wanted.add({ type: 'detach', name: 'detach', lane: 'network' });
      break;
    case 'adopting':
      return wanted;
    case 'ended':
      break;
  }
  addReport(state, wanted);
  return wanted;
}

class WantedList implements Wanted {
  readonly actions: VirtualMachineAction[] = [];
  wakeAtMs: number | undefined;
  readonly #state: MachineState;
  readonly #nowMs: number;

  constructor(state: MachineState, nowMs: number) {
    this.#state = state;
    this.#nowMs = nowMs;
  }

  /** Wants an action now, or when its lane may be tried again. */
  add(action: VirtualMachineAction): void {
    const retryAtMs = this.#state.retries[action.lane ?? action.type]?.atMs ?? 0;
    if (retryAtMs > this.#nowMs) this.wake(retryAtMs);
    else this.actions.push(action);
  }

  /** Wants an action from `atMs` on. */
  addAt(atMs: number, action: VirtualMachineAction): void {
    if (atMs > this.#nowMs) this.wake(atMs);
    else this.add(action);
  }

  wake(atMs: number): void {
    this.wakeAtMs = Math.min(this.wakeAtMs ?? Number.POSITIVE_INFINITY, atMs);
  }
}

function addRunning(state: MachineState, wanted: WantedList): void {
  if (state.rebooting && state.view?.run === 'shutdown') {
    wanted.add({ type: 'restart', name: 'restart', lane: 'machine' });
  }
  addSize(state, wanted);
  addWatching(state, wanted);
}

/** Probes and the guest agent: asked while the guest runs, and given up as soon as it does not. */
function addWatching(state: MachineState, wanted: WantedList): void {
  for (const { type, probe, atMs } of dueProbes(state)) {
    const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
    // The moment is part of the name: the next probe is another one.
    const name = `probe ${type} ${atMs}`;
    wanted.addAt(atMs, { type: 'probe', name, lane: `probe/${type}`, interruptible: true, probe: type, timeoutMs });
  }
  if (state.agent.connected && state.view?.run === 'running') {
    const name = `ask-agent ${state.agent.askAtMs}`;
    wanted.addAt(state.agent.askAtMs, { type: 'ask-agent', name, lane: 'agent', interruptible: true });
    if (!state.agent.hasCredentials && hasAgentCredentials(state.machine)) {
      wanted.add({ type: 'give-credentials', name: 'give-credentials', lane: 'credentials', interruptible: true });
    }
    addProcessors(state, state.view, wanted);
  }
}

/** The guest is told what it may use where that is less than it sees, and again when that is over. */
function addProcessors({ agent }: MachineState, view: GuestView, wanted: WantedList): void {
  const { sockets, pluggedSockets } = view;
  if (agent.usesSockets === sockets || (sockets === pluggedSockets && agent.usesSockets === undefined)) return;
  const name = `processors ${sockets}`;
  wanted.add({ type: 'use-processors', name, lane: 'processors', interruptible: true, sockets });
}

/** Sockets and memory as the spec says; what of the memory is too much the balloon takes back. */
function addSize(state: MachineState, wanted: WantedList): void {
  const { machine, view, ballooning, askedBytes, memoryNews, memorySeen } = state;
  if (!machine || !view) return;
  if (memoryNews !== memorySeen) {
    wanted.add({ type: 'look-at-memory', name: `look ${memoryNews}`, lane: 'look', news: memoryNews });
  }
  if (view.run !== 'running') return;
  const sockets = machine.spec.domain.cpu?.sockets ?? view.sockets;
  if (sockets !== view.sockets) {
    wanted.add({ type: 'set-sockets', name: `sockets ${sockets}`, lane: 'sockets', sockets });
  }
  const wakeAtMs = balloonWakeAtMs(state);
  if (wakeAtMs !== undefined) wanted.wake(wakeAtMs);
  const guestBytes = wantedMemoryBytes(machine.spec) || memoryOf(view);
  const memoryBytes = Math.max(view.memoryBytes, guestBytes);
  const balloonBytes = ballooning?.leftBytes ?? guestBytes;
  const asked = !hasBalloon(machine.spec) || balloonBytes === (askedBytes ?? memoryOf(view));
  if (memoryBytes === view.memoryBytes && asked) return;
  const name = `memory ${memoryBytes} ${balloonBytes}`;
  wanted.add({ type: 'set-memory', name, lane: 'memory', memoryBytes, balloonBytes });
}

function addStopping(state: MachineState, wanted: WantedList, nowMs: number): void {
  const { stop, view } = state;
  if (!stop) return;
  wanted.wake(stop.deadlineMs);
  addWatching(state, wanted);
  if (!stop.drained && state.interfaces) {
    // Half of the patience is the guest's own, to shut down in.
    const timeoutMs = Math.max(0, Math.floor((stop.deadlineMs - stop.sinceMs) / 2));
    return wanted.add({ type: 'drain', name: 'drain', lane: 'network', timeoutMs });
  }
  const pressAtMs = stop.pressedAtMs === undefined ? nowMs : stop.pressedAtMs + PRESS_AGAIN_MS;
  const resume = view?.run === 'paused';
  wanted.addAt(pressAtMs, { type: 'press', name: `press ${pressAtMs}`, lane: 'machine', resume });
}

/** What the API is to be told. The last word goes out before the finalizer comes off. */
function addReport(state: MachineState, wanted: WantedList): void {
  if (!state.machine || state.absent) return;
  const status = machineStatus(state);
  if (!sameJson(status, state.writtenStatus)) {
    wanted.add({ type: 'write-status', name: 'status', lane: 'status', status });
  } else if (state.stage === 'ended' && state.stop?.reason === 'deleted' && !state.released) {
    wanted.add({ type: 'release', name: 'release', lane: 'status' });
  }
}

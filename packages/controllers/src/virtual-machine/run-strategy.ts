import {
  isFinal,
  type RunStrategy,
  runStrategyOf,
  type StateChangeRequest,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { backOffLeftMs } from './start-failure.ts';

/** What a run strategy wants done with the instance, as KubeVirt's controller decides it. */
export type Wish =
  | { readonly type: 'leave' }
  | { readonly type: 'start'; readonly paused: boolean }
  /** `thenStart`: it is to be started again once it is gone. */
  | { readonly type: 'stop'; readonly thenStart: boolean }
  /** A halted machine was asked to start: its strategy becomes Always. */
  | { readonly type: 'unhalt' }
  | { readonly type: 'wait'; readonly ms: number };

const leave: Wish = { type: 'leave' };

export function wishOf(machine: VirtualMachine, instance: VirtualMachineInstance | undefined, nowMs: number): Wish {
  const strategy = runStrategyOf(machine);
  return instance ? wishForInstance(machine, instance, strategy) : wishForNone(machine, strategy, nowMs);
}

/**
 *   Always           ended, or asked to stop: away with it, so that a new one can be made
 *   RerunOnFailure   the same, but a new one only after a failure
 *   Manual           asked to stop: away with it; an ended one stays to be looked at
 *   Halted           away with it
 *   Once             stays as it is
 */
function wishForInstance(machine: VirtualMachine, instance: VirtualMachineInstance, strategy: RunStrategy): Wish {
  const phase = instance.status?.phase;
  const asked = hasStopRequest(machine, instance);
  if (instance.metadata.deletionTimestamp) return leave;
  switch (strategy) {
    case 'Always':
      return asked || isFinal(instance) ? { type: 'stop', thenStart: false } : leave;
    case 'RerunOnFailure':
      return asked || isFinal(instance) ? { type: 'stop', thenStart: phase === 'Failed' && !asked } : leave;
    case 'Manual':
      return asked ? { type: 'stop', thenStart: false } : leave;
    case 'Halted':
      return { type: 'stop', thenStart: false };
    default:
      return leave;
  }
}

function wishForNone(machine: VirtualMachine, strategy: RunStrategy, nowMs: number): Wish {
  const asked = firstRequest(machine)?.action === 'Start';
  const start: Wish = { type: 'start', paused: asked && firstRequest(machine)?.data?.paused === 'true' };
  const waitMs = backOffLeftMs(machine.status?.startFailure, nowMs);
  switch (strategy) {
    case 'Always':
      return waitMs > 0 ? { type: 'wait', ms: waitMs } : start;
    case 'RerunOnFailure': {
      // It has just been given this strategy, has just failed, or a user asks.
      const due = asked || machine.status?.runStrategy !== strategy;
      if (!due) return leave;
      return waitMs > 0 ? { type: 'wait', ms: waitMs } : start;
    }
    case 'Manual':
      return asked ? start : leave;
    case 'Halted':
      return startsPaused(machine) ? { type: 'unhalt' } : leave;
    case 'Once':
      return start;
    default:
      return leave;
  }
}

/** Whether the machine is meant to run, or about to be started: decides what people are told while it does not. */
export function isMeantToRun(machine: VirtualMachine, instance: VirtualMachineInstance | undefined): boolean {
  const strategy = runStrategyOf(machine);
  const asked = firstRequest(machine)?.action === 'Start';
  switch (strategy) {
    case 'Always':
      return true;
    case 'Manual':
      return instance ? !hasStopRequest(machine, instance) : asked;
    case 'RerunOnFailure':
      return instance ? instance.status?.phase !== 'Succeeded' : asked || machine.status?.runStrategy !== strategy;
    case 'Once':
      return !instance;
    default:
      return false;
  }
}

export function firstRequest(machine: VirtualMachine): StateChangeRequest | undefined {
  return machine.status?.stateChangeRequests?.[0];
}

export function hasStopRequest(machine: VirtualMachine, instance: VirtualMachineInstance): boolean {
  const request = firstRequest(machine);
  return request?.action === 'Stop' && request.uid === instance.metadata.uid;
}

/**
 * The one request that is made of a halted machine: any other start was asked for before it was halted, and
 * whoever halts a machine means it.
 */
function startsPaused(machine: VirtualMachine): boolean {
  const request = firstRequest(machine);
  return request?.action === 'Start' && request.data?.paused === 'true';
}

/** Requests that are still to be answered: the first is dropped once it has been, or cannot be any more. */
export function requestsLeft(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
): readonly StateChangeRequest[] {
  const requests = machine.status?.stateChangeRequests ?? [];
  const first = requests[0];
  if (!first) return requests;
  if (first.action === 'Start' && runStrategyOf(machine) === 'Halted' && !startsPaused(machine)) {
    return requests.slice(1);
  }
  const answered =
    first.action === 'Stop'
      ? instance === undefined || first.uid !== instance.metadata.uid
      : instance !== undefined && !instance.metadata.deletionTimestamp && !isFinal(instance);
  return answered ? requests.slice(1) : requests;
}

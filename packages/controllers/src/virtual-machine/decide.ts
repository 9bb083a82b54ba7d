import {
  type DataVolume,
  isFinal,
  machineFinalizer,
  runStrategyOf,
  type Stored,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineStatus,
} from '@godwit/kinds';
import { planDataVolumes } from './data-volumes.ts';
import { generationAnnotation, instanceOfMachine } from './instance-of-machine.ts';
import { type Difference, differenceOf, type LiveUpdate, resizeTrouble } from './live-update.ts';
import { machineConditions, type Trouble } from './machine-conditions.ts';
import { isControlledBy, type Observation } from './observation.ts';
import { intentOf, printableStatusOf } from './printable-status.ts';
import { requestsLeft, type Wish, wishOf } from './run-strategy.ts';
import { startFailureAfter } from './start-failure.ts';

/** What is to be done about a machine. Everything may be done again. */
export interface Decision {
  readonly finalizer: 'add' | 'remove' | 'keep';
  readonly createDataVolumes: readonly Omit<DataVolume, 'apiVersion' | 'kind'>[];
  readonly createInstance?: Omit<VirtualMachineInstance, 'apiVersion' | 'kind'>;
  /** Another size that the instance can take while it runs. */
  readonly resizeInstance?: { readonly instance: Stored<VirtualMachineInstance>; readonly to: LiveUpdate };
  /** After the status is written: what it counts must not be lost with the instance. */
  readonly deleteInstance?: Stored<VirtualMachineInstance>;
  /** A halted machine was asked to start. */
  readonly unhalt: boolean;
  readonly status: VirtualMachineStatus;
  /** Look again then, in milliseconds. */
  readonly lookAgainMs?: number;
}

export function decide(observation: Observation): Decision {
  const { machine, instance: found } = observation;
  const foreign = found !== undefined && !isControlledBy(found, machine);
  const instance = foreign ? undefined : found;
  if (machine.metadata.deletionTimestamp) return decideDeletion({ ...observation, instance });
  const trouble = foreign ? foreignTrouble(machine) : observation.trouble;
  const wish: Wish = trouble && !instance ? { type: 'leave' } : wishOf(machine, instance, observation.nowMs);
  const volumes = planDataVolumes(observation, wish.type === 'start');
  const starts = wish.type === 'start' && volumes.ready;
  const stays = !trouble && instance && wish.type === 'leave' && !instance.metadata.deletionTimestamp;
  const live = stays ? runningDifference(machine, instance).live : undefined;
  return {
    finalizer: machine.metadata.finalizers?.includes(machineFinalizer) ? 'keep' : 'add',
    createDataVolumes: volumes.create,
    ...(starts && { createInstance: instanceOfMachine(machine, wish.paused) }),
    ...(instance && live && { resizeInstance: { instance, to: live } }),
    ...(wish.type === 'stop' && instance && { deleteInstance: instance }),
    unhalt: wish.type === 'unhalt',
    status: statusOf({ ...observation, instance }, wish, trouble),
    ...(wish.type === 'wait' && { lookAgainMs: wish.ms }),
  };
}

/** The instance goes first; the machine when nothing is left of it. Orphaned instances stay. */
function decideDeletion(observation: Observation): Decision {
  const { machine, instance } = observation;
  const orphans = machine.metadata.finalizers?.includes('orphan') === true;
  const stop = instance && !orphans && !instance.metadata.deletionTimestamp ? instance : undefined;
  const mine = machine.metadata.finalizers?.includes(machineFinalizer);
  return {
    finalizer: mine && (!instance || orphans) ? 'remove' : 'keep',
    createDataVolumes: [],
    ...(stop && { deleteInstance: stop }),
    unhalt: false,
    status: statusOf(observation, { type: 'leave' }, undefined),
  };
}

/** One that has ended, or is about to, is not made to follow its machine any more. */
function runningDifference(machine: Stored<VirtualMachine>, instance: Stored<VirtualMachineInstance>): Difference {
  if (isFinal(instance)) return { live: undefined, needsRestart: false };
  return differenceOf(machine, instance);
}

/** Why only the next start makes the machine what its template says; undefined when it is. */
function whyRestart(machine: Stored<VirtualMachine>, instance: Stored<VirtualMachineInstance>): string | undefined {
  if (isFinal(instance)) return undefined;
  if (runningDifference(machine, instance).needsRestart) {
    return 'a field of the template was changed that cannot be changed while the machine runs';
  }
  return resizeTrouble(instance);
}

function foreignTrouble({ metadata }: Stored<VirtualMachine>): Trouble {
  return {
    reason: 'FailedCreate',
    message: `a VirtualMachineInstance named ${metadata.name} exists that does not belong to this machine`,
  };
}

function statusOf(observation: Observation, wish: Wish, trouble: Trouble | undefined): VirtualMachineStatus {
  const { machine, instance, nowMs, chance } = observation;
  const strategy = runStrategyOf(machine);
  // What is gone is left out, and not set to undefined: statuses are compared as JSON.
  const {
    startFailure: failedBefore,
    stateChangeRequests: _requests,
    conditions = [],
    ...before
  } = machine.status ?? {};
  const startFailure = startFailureAfter(failedBefore, instance, strategy, nowMs, chance);
  const requests = [...requestsLeft(machine, instance)];
  if (wish.type === 'stop' && wish.thenStart) requests.push({ action: 'Start' });
  const restartRequired = trouble || !instance ? undefined : whyRestart(machine, instance);
  const generation = machine.metadata.generation ?? 0;
  const madeFrom = Number(instance?.metadata.annotations?.[generationAnnotation] ?? generation);
  // Only once it has been started does it count which strategy it had: see RerunOnFailure.
  const remembers = before.runStrategy !== undefined || instance !== undefined;
  return {
    ...before,
    created: instance !== undefined,
    ready: instance?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    ...(remembers && { runStrategy: strategy }),
    desiredGeneration: generation,
    observedGeneration: restartRequired ? madeFrom : generation,
    ...(startFailure && { startFailure }),
    ...(requests.length > 0 && { stateChangeRequests: requests }),
    conditions: machineConditions(conditions, instance, {
      ...(trouble && { trouble }),
      ...(restartRequired !== undefined && { restartRequired }),
      now: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    }),
    printableStatus: printableStatusOf(observation, intentOf(wish, startFailure?.consecutiveFailCount ?? 0)),
  };
}

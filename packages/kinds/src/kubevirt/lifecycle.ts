import { StatusFailure, type StatusReason } from '../machinery/index.ts';
import { defaultGracePeriodSeconds } from './instance-defaults.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachineInstance } from './virtual-machine-instance.ts';
import type { RunStrategy, StateChangeRequest } from './virtual-machine-status.ts';

/**
 * What start, stop and restart of a VirtualMachine write, and when the orders to a running instance are
 * refused. Pure; the rules and the words of refusal are those of KubeVirt's subresources. Whoever writes a
 * change guards it by the resourceVersion of the objects that were looked at.
 */

/** Merge patches (RFC 7386), to be written in this order. */
export interface LifecycleChange {
  /** For the VirtualMachineInstance. */
  readonly instance?: { readonly spec: { readonly terminationGracePeriodSeconds: number } };
  /** For the VirtualMachine. */
  readonly machine?: {
    readonly spec: { readonly runStrategy: RunStrategy } | { readonly running: boolean };
  };
  /** For the status of the VirtualMachine. */
  readonly status?: {
    readonly status: { readonly stateChangeRequests: readonly StateChangeRequest[]; readonly startFailure?: null };
  };
}

export interface StartOptions {
  /** Holds the guest before its first instruction. */
  readonly paused?: boolean;
}

export interface StopOptions {
  /** Seconds that the guest has to shut down; 0 cuts the power. */
  readonly gracePeriod?: number;
}

export interface RestartOptions {
  /** 0 cuts the power; nothing else is allowed. */
  readonly gracePeriodSeconds?: number;
}

/** The run strategy, also of machines that say it in the older way. */
export function runStrategyOf({ spec }: VirtualMachine): RunStrategy {
  return spec.runStrategy ?? (spec.running ? 'Always' : 'Halted');
}

export function isFinal(instance: VirtualMachineInstance | undefined): boolean {
  return instance?.status?.phase === 'Succeeded' || instance?.status?.phase === 'Failed';
}

function conflict(machine: VirtualMachine, message: string): never {
  return refuse('Conflict', 'virtualmachines', machine, message);
}

function refuse(
  reason: StatusReason,
  plural: string,
  object: VirtualMachine | VirtualMachineInstance,
  message: string,
): never {
  const name = object.metadata.name ?? '';
  const text =
    reason === 'Conflict'
      ? `Operation cannot be fulfilled on ${plural}.kubevirt.io "${name}": ${message}`
      : `${plural}.kubevirt.io "${name}" is forbidden: ${message}`;
  throw new StatusFailure(reason, text, { name, group: 'kubevirt.io', kind: plural });
}

/**
 *   Halted             becomes Always; a start that is to be paused is asked of the controller
 *   Manual             asks the controller to start
 *   RerunOnFailure     asks the controller to start, unless it failed and is about to be started anyway
 *   Always, Once       run by themselves: refused
 */
export function startMachine(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  { paused = false }: StartOptions = {},
): LifecycleChange {
  const phase = instance?.status?.phase;
  if (instance && !isFinal(instance) && phase && phase !== 'Unknown') conflict(machine, 'VM is already running');
  const start: StateChangeRequest = paused ? { action: 'Start', data: { paused: 'true' } } : { action: 'Start' };
  const strategy = runStrategyOf(machine);
  switch (strategy) {
    case 'Halted':
      return paused && machine.spec.template.spec?.startStrategy !== 'Paused'
        ? request(machine, [start])
        : run(machine, true);
    case 'Manual':
    case 'RerunOnFailure':
      if (strategy === 'RerunOnFailure' && phase === 'Failed') {
        conflict(machine, 'RerunOnFailure does not support starting VM from failed state');
      }
      return instance && isFinal(instance)
        ? request(machine, [{ action: 'Stop', uid: instance.metadata.uid ?? '' }, start])
        : request(machine, [start]);
    default:
      return conflict(machine, `${strategy} does not support manual start requests`);
  }
}

/**
 *   Always, Once             become Halted
 *   Manual, RerunOnFailure   ask the controller to stop
 *   Halted                   is on its way: only a shorter grace period makes sense
 */
export function stopMachine(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  { gracePeriod }: StopOptions = {},
): LifecycleChange {
  const alive = instance && !isFinal(instance) ? instance : undefined;
  const shorter = alive && gracePeriod !== undefined ? withGracePeriod(gracePeriod) : {};
  const strategy = runStrategyOf(machine);
  if (strategy === 'Always' || strategy === 'Once') return { ...shorter, ...run(machine, false) };
  if (!alive) return conflict(machine, 'VM is not running');
  if (strategy === 'Halted') {
    const before = alive.spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
    if (gracePeriod === undefined || gracePeriod >= before) {
      conflict(machine, 'Halted only supports manual stop requests with a shorter graceperiod');
    }
  }
  return { ...shorter, ...request(machine, [{ action: 'Stop', uid: alive.metadata.uid ?? '' }]) };
}

export function restartMachine(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  { gracePeriodSeconds }: RestartOptions = {},
): LifecycleChange {
  if (gracePeriodSeconds !== undefined && gracePeriodSeconds !== 0) {
    throw new StatusFailure('BadRequest', 'For force restart, only gracePeriod=0 is supported for now');
  }
  const strategy = runStrategyOf(machine);
  if (strategy === 'Halted' || strategy === 'Once') {
    conflict(machine, `RunStategy ${strategy} does not support manual restart requests`);
  }
  if (!instance) return conflict(machine, 'VM is not running: Halted');
  const change = request(machine, [{ action: 'Stop', uid: instance.metadata.uid ?? '' }, { action: 'Start' }]);
  return gracePeriodSeconds === 0 ? { ...withGracePeriod(0), ...change } : change;
}

function withGracePeriod(seconds: number): LifecycleChange {
  return { instance: { spec: { terminationGracePeriodSeconds: seconds } } };
}

/** Says by the field that the user has chosen whether the machine is to run. */
function run(machine: VirtualMachine, running: boolean): LifecycleChange {
  const strategy = running ? 'Always' : 'Halted';
  return { machine: { spec: machine.spec.runStrategy === undefined ? { running } : { runStrategy: strategy } } };
}

/** A stop takes the place of whatever was asked before; anything else waits its turn elsewhere. */
function request(machine: VirtualMachine, requests: readonly StateChangeRequest[]): LifecycleChange {
  const pending = machine.status?.stateChangeRequests ?? [];
  const isStop = requests.length === 1 && requests[0]?.action === 'Stop';
  if (pending.length > 0 && !isStop) conflict(machine, 'unable to complete request: stop/start already underway');
  const forget = machine.status?.startFailure ? { startFailure: null } : {};
  return { status: { status: { stateChangeRequests: requests, ...forget } } };
}

/** Orders that a host carries out on a running instance. */
export type InstanceOrder = 'pause' | 'unpause' | 'softreboot' | 'reset' | 'freeze' | 'unfreeze';

const PLURAL = 'virtualmachineinstances';

/** Throws `Conflict` or `Forbidden` when an instance cannot take an order now. */
export function checkInstanceOrder(instance: VirtualMachineInstance, order: InstanceOrder): void {
  if (instance.status?.phase !== 'Running') refuse('Conflict', PLURAL, instance, 'VMI is not running');
  const holds = (type: string) =>
    instance.status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
  if (order === 'pause') {
    const probe = instance.spec.livenessProbe;
    if (probe && !probe.guestAgentPing) {
      refuse('Forbidden', PLURAL, instance, 'Pausing VMIs with a non-GuestAgentPing LivenessProbe is not supported');
    }
    if (holds('Paused')) refuse('Conflict', PLURAL, instance, 'VMI is already paused');
  }
  if (order === 'unpause' && !holds('Paused')) refuse('Conflict', PLURAL, instance, 'VMI is not paused');
  if (order === 'softreboot') {
    if (holds('Paused')) refuse('Conflict', PLURAL, instance, 'VMI is paused');
    if (!holds('AgentConnected') && instance.spec.domain.features?.acpi?.enabled === false) {
      refuse('Conflict', PLURAL, instance, 'VMI neither have the agent connected nor the ACPI feature enabled');
    }
  }
}

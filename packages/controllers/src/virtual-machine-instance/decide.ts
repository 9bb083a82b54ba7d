import {
  claimNames,
  type DataVolume,
  instanceFinalizer,
  isFinal,
  type MachineCondition,
  type PersistentVolumeClaim,
  type Stored,
  sizeAtBoot,
  type VirtualMachineInstance,
  type VirtualMachineInstancePhase,
  type VirtualMachineInstanceStatus,
} from '@godwit/kinds';

export interface Observation {
  readonly instance: Stored<VirtualMachineInstance>;
  readonly claim: (name: string) => PersistentVolumeClaim | undefined;
  readonly dataVolume: (name: string) => DataVolume | undefined;
  /** False once the Node has been deleted or is out of service: nothing runs there, and nobody will report. */
  readonly hostExists: (name: string) => boolean;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

export interface Decision {
  readonly finalizer: 'add' | 'remove' | 'keep';
  /** Absent where it is somebody else's to write. */
  readonly status?: VirtualMachineInstanceStatus;
}

const keep: Decision = { finalizer: 'keep' };

export function decide(observation: Observation): Decision {
  const { instance, now } = observation;
  const { metadata, status = {} } = instance;
  const host = status.nodeName;
  const lost = host !== undefined && host !== '' && !observation.hostExists(host);
  const guarded = metadata.finalizers?.includes(instanceFinalizer) === true;
  if (metadata.deletionTimestamp) return !host || lost ? { finalizer: guarded ? 'remove' : 'keep' } : keep;
  if (isFinal(instance)) return keep;
  if (lost) {
    const message = `the host ${host} no longer exists`;
    const ready: MachineCondition = { type: 'Ready', status: 'False', reason: 'NodeGone', message };
    const conditions = setCondition(status.conditions, ready, now);
    return { finalizer: 'keep', status: { ...enter(status, 'Failed', now), reason: 'NodeGone', conditions } };
  }
  if (host) return withoutRefusal(status);
  if (guarded && goesStraightToScheduler(instance)) return keep;
  return { finalizer: guarded ? 'keep' : 'add', status: unboundStatus(observation) };
}

/** Without volumes there is nothing to prepare: it has a host before anything could be said of it. Unless there is none. */
function goesStraightToScheduler({ spec, status = {} }: VirtualMachineInstance): boolean {
  const refused = status.conditions?.some(({ type }) => type === 'PodScheduled') ?? false;
  return status.phase === 'Pending' && !refused && claimNames(spec).length === 0;
}

/** A refusal by the scheduler is over once there is a host. */
function withoutRefusal(status: VirtualMachineInstanceStatus): Decision {
  const conditions = status.conditions?.filter(
    ({ type, status: holds }) => type !== 'PodScheduled' || holds !== 'False',
  );
  if (!conditions || conditions.length === status.conditions?.length) return keep;
  return { finalizer: 'keep', status: { ...status, conditions } };
}

/** What is known before there is a host: the size at boot, and whether the volumes are there. */
function unboundStatus({ instance, claim, dataVolume, now }: Observation): VirtualMachineInstanceStatus {
  const missing = claimNames(instance.spec).find((name) => !claim(name) && !dataVolume(name));
  const making = claimNames(instance.spec).find((name) => !claim(name) && dataVolume(name));
  const wait = missing !== undefined || making !== undefined;
  let conditions = setCondition(
    instance.status?.conditions,
    { type: 'Ready', status: 'False', reason: 'GuestNotRunning', message: 'Guest VM is not reported as running' },
    now,
  );
  const others = conditions.filter(({ type, reason }) => type !== 'Synchronized' || reason !== 'FailedPvcNotFound');
  conditions =
    missing === undefined
      ? others
      : setCondition(
          conditions,
          {
            type: 'Synchronized',
            status: 'False',
            reason: 'FailedPvcNotFound',
            message: `PVC ${instance.metadata.namespace}/${missing} does not exist`,
          },
          now,
        );
  return {
    ...enter(instance.status ?? {}, wait ? 'Pending' : 'Scheduling', now),
    conditions,
    ...sizeAtBoot(instance.spec),
  };
}

/** Enters a phase, noting when; staying in it changes nothing. */
function enter(
  status: VirtualMachineInstanceStatus,
  phase: VirtualMachineInstancePhase,
  now: string,
): VirtualMachineInstanceStatus {
  if (status.phase === phase) return status;
  const entered = { phase, phaseTransitionTimestamp: now };
  const others = (status.phaseTransitionTimestamps ?? []).filter((entry) => entry.phase !== phase);
  return { ...status, phase, phaseTransitionTimestamps: [...others, entered] };
}

function setCondition(
  conditions: readonly MachineCondition[] = [],
  condition: MachineCondition,
  now: string,
): readonly MachineCondition[] {
  const known = conditions.find(({ type }) => type === condition.type);
  const lastTransitionTime = known?.status === condition.status ? (known.lastTransitionTime ?? now) : now;
  return [...conditions.filter(({ type }) => type !== condition.type), { ...condition, lastTransitionTime }];
}

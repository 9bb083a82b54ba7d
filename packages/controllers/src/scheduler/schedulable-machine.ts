import {
  claimNames,
  instanceFinalizer,
  type KubeObject,
  movingTo,
  type Pod,
  type Stored,
  type VirtualMachineInstance,
} from '@godwit/kinds';

/** Who places machines that name nobody. */
export const defaultSchedulerName = 'default-scheduler';

export type Machine = Stored<Pod> | Stored<VirtualMachineInstance>;

export function isInstance(machine: KubeObject): machine is Stored<VirtualMachineInstance> {
  return machine.kind === 'VirtualMachineInstance';
}

/** The host that a machine is bound to. */
export function boundHost(machine: Machine): string | undefined {
  return (isInstance(machine) ? machine.status?.nodeName : machine.spec.nodeName) || undefined;
}

/** The host that a machine is on its way to while it runs. */
export function comingHost(machine: Machine): string | undefined {
  return isInstance(machine) ? movingTo(machine) : undefined;
}

export function hasEnded(machine: Machine): boolean {
  return machine.status?.phase === 'Succeeded' || machine.status?.phase === 'Failed';
}

/** Whether a machine waits for this scheduler to give it a host. */
export function waitsForHost(machine: Machine): boolean {
  if (boundHost(machine) || hasEnded(machine) || machine.metadata.deletionTimestamp) return false;
  if ((machine.spec.schedulerName ?? defaultSchedulerName) !== defaultSchedulerName) return false;
  if (isInstance(machine)) return isPrepared(machine);
  return (machine.spec.schedulingGates ?? []).length === 0;
}

/** Its volumes exist, or it has none; and without its finalizer it could vanish before its host knows of it. */
function isPrepared({ metadata, spec, status }: Stored<VirtualMachineInstance>): boolean {
  if (!metadata.finalizers?.includes(instanceFinalizer)) return false;
  return status?.phase === 'Scheduling' || (status?.phase === 'Pending' && claimNames(spec).length === 0);
}

/** Changes when a machine asks for something else than before. */
export function questionOf(machine: Machine): string {
  return `${machine.metadata.generation ?? 0} ${JSON.stringify(machine.metadata.labels ?? {})}`;
}

/** The claims that a machine uses, by name. */
export function claimsOf(machine: Machine): readonly string[] {
  if (isInstance(machine)) return claimNames(machine.spec);
  const names = (machine.spec.volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }) =>
    ephemeral ? `${machine.metadata.name}-${name}` : persistentVolumeClaim?.claimName,
  );
  return names.filter((name) => name !== undefined);
}

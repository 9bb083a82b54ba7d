import type { Draft, ObjectMeta } from '../machinery/index.ts';
import type { VirtualMachineInstanceSpec } from './virtual-machine-instance-spec.ts';
import type { VirtualMachineInstanceStatus } from './virtual-machine-instance-status.ts';

/** Removed by the host's agent once nothing of the machine is left on it. The name is KubeVirt's. */
export const instanceFinalizer = 'kubevirt.io/foregroundDeleteVirtualMachine';

/** The size that a machine boots with, as its status tells it. */
export function sizeAtBoot({
  domain,
}: VirtualMachineInstanceSpec): Pick<VirtualMachineInstanceStatus, 'currentCPUTopology' | 'memory' | 'machine'> {
  const { sockets = 1, cores = 1, threads = 1 } = domain.cpu ?? {};
  const guest = domain.memory?.guest;
  return {
    currentCPUTopology: { sockets, cores, threads },
    ...(guest !== undefined && { memory: { guestAtBoot: guest, guestCurrent: guest, guestRequested: guest } }),
    ...(domain.machine && { machine: { ...domain.machine } }),
  };
}

/**
 * What a new instance begins with: guarded, pending, its size known. All in the write that makes it, as
 * KubeVirt's webhook does it, so that one without volumes can be given a host at once.
 */
export function beginInstance(draft: {
  readonly metadata: Draft<ObjectMeta>;
  readonly spec: VirtualMachineInstanceSpec;
  status?: Draft<VirtualMachineInstanceStatus>;
}): void {
  const finalizers = draft.metadata.finalizers ?? [];
  if (!finalizers.includes(instanceFinalizer)) draft.metadata.finalizers = [...finalizers, instanceFinalizer];
  draft.status = { phase: 'Pending', ...(sizeAtBoot(draft.spec) as Draft<VirtualMachineInstanceStatus>) };
}

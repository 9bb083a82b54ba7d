import { type KubeObject, type Pod, pod, type VirtualMachineInstance, virtualMachineInstance } from '@godwit/kinds';

/** What runs on hosts. */
export type Machine = Pod | VirtualMachineInstance;

export const isMachine = (object: KubeObject): object is Machine =>
  object.kind === pod.kind || object.kind === virtualMachineInstance.kind;

export const isPod = (machine: Machine): machine is Pod => machine.kind === pod.kind;

/** The host that a machine is on; undefined for one that waits. */
export function hostOf(machine: Machine): string | undefined {
  const host = isPod(machine) ? machine.spec.nodeName : machine.status?.nodeName;
  return host === '' ? undefined : host;
}

import type { KubeObject, Pod, VirtualMachineInstance } from '@godwit/kinds';
import type { MachineRequest, RequestContext } from './machine-request.ts';
import { requestOfInstance } from './request-of-instance.ts';
import { requestOfPod } from './request-of-pod.ts';

/** What a machine of either kind asks of a host. */
export function requestOfMachine(machine: KubeObject, context: RequestContext = {}): MachineRequest {
  return machine.kind === 'VirtualMachineInstance'
    ? requestOfInstance(machine as VirtualMachineInstance, context)
    : requestOfPod(machine as Pod, context);
}

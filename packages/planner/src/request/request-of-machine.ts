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

const requests = new WeakMap<KubeObject, MachineRequest>();

/** What a machine asks for, read once however often it is looked at: objects of the API never change. */
export function knownRequest(object: KubeObject): MachineRequest {
  let request = requests.get(object);
  if (!request) {
    request = requestOfMachine(object);
    requests.set(object, request);
  }
  return request;
}

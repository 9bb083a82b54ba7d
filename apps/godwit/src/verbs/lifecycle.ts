import { pathOf } from '@godwit/client/node';
import { openAdminAccess } from '../access/admin-access.ts';
import { machineName } from '../access/kind-argument.ts';
import { Terminal } from '../terminal/terminal.ts';

export type LifecycleVerb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'softreboot';

export interface MachineOptions {
  readonly state: string;
  readonly namespace: string;
}

/** Orders to the running instance; the others change what the VirtualMachine should be. */
const INSTANCE_VERBS = new Set<LifecycleVerb>(['pause', 'unpause', 'softreboot']);

const DONE: Readonly<Record<LifecycleVerb, string>> = {
  start: 'is starting',
  stop: 'is stopping',
  restart: 'is restarting',
  pause: 'is paused',
  unpause: 'goes on',
  softreboot: 'was asked to reboot',
};

/** Where KubeVirt's subresources of machines are. */
export function orderPath(namespace: string, plural: string, name: string, subresource: string): string {
  return pathOf({ group: 'subresources.kubevirt.io', version: 'v1', plural, namespace, name, subresource });
}

/** `godwit start|stop|restart|pause|unpause|softreboot vm/x`, by the subresources that virtctl uses. */
export async function lifecycle(verb: LifecycleVerb, machine: string, options: MachineOptions): Promise<void> {
  const name = machineName(machine);
  const resource = INSTANCE_VERBS.has(verb) ? 'virtualmachineinstances' : 'virtualmachines';
  await openAdminAccess(options.state).call('PUT', orderPath(options.namespace, resource, name, verb), {});
  new Terminal().success(`${name} ${DONE[verb]}`);
}

import { openAdminAccess } from '../access/admin-access.ts';
import { parseMachine } from '../access/machine-argument.ts';
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

/** `godwit start|stop|restart|pause|unpause|softreboot vm/x`, by the subresources that virtctl uses. */
export async function lifecycle(verb: LifecycleVerb, machine: string, options: MachineOptions): Promise<void> {
  const { name } = parseMachine(machine, ['vm']);
  const resource = INSTANCE_VERBS.has(verb) ? 'virtualmachineinstances' : 'virtualmachines';
  const path = `/apis/subresources.kubevirt.io/v1/namespaces/${options.namespace}/${resource}/${name}/${verb}`;
  await openAdminAccess(options.state).call('PUT', path, {});
  new Terminal().success(`${name} ${DONE[verb]}`);
}

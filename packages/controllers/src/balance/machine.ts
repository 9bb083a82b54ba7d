import { isInstance, type Machine } from '../scheduler/schedulable-machine.ts';

/** For people: `pod/default/web`, `vmi/default/db`. */
export function idOf(machine: Machine): string {
  const { namespace, name } = machine.metadata;
  return `${isInstance(machine) ? 'vmi' : 'pod'}/${namespace}/${name}`;
}

import { Failure } from '@godwit/base';

/** What a person means by `vm/x`. */
export interface MachineArgument {
  readonly type: 'vm' | 'vmi' | 'pod';
  readonly name: string;
}

const TYPES: Readonly<Record<string, MachineArgument['type']>> = {
  vm: 'vm',
  vms: 'vm',
  virtualmachine: 'vm',
  virtualmachines: 'vm',
  vmi: 'vmi',
  vmis: 'vmi',
  virtualmachineinstance: 'vmi',
  virtualmachineinstances: 'vmi',
  pod: 'pod',
  pods: 'pod',
  po: 'pod',
};

/** `vm/x`, `vmi/x`, `pod/x`, or a bare name, which means a virtual machine. Throws `bad-argument`. */
export function parseMachine(text: string, allowed: readonly MachineArgument['type'][]): MachineArgument {
  const [first = '', second, ...rest] = text.split('/');
  const type = second === undefined ? 'vm' : TYPES[first.toLowerCase()];
  const name = second ?? first;
  if (type === undefined || !allowed.includes(type) || name === '' || rest.length > 0) {
    throw new Failure('bad-argument', `${text}: expected ${allowed.map((one) => `${one}/NAME`).join(' or ')}`);
  }
  return { type, name };
}

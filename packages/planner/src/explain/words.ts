import { readableBytes, type Taint } from '@godwit/kinds';
import type { Shortage } from '../fits.ts';
import type { HostPort, MachineRequest } from '../request/machine-request.ts';

/** Amounts for people: `4 GiB`, `1.5 cores`, `2`. */
export function readableAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return `${amount / 1000} ${amount === 1000 ? 'core' : 'cores'}`;
  return isBytes(resource) ? readableBytes(amount) : String(amount);
}

/** The same where less than what is read would be too little: rounded up in its last place. */
export function readableAtLeast(resource: string, amount: number): string {
  if (!isBytes(resource) || !(amount >= 1024)) return readableAmount(resource, Math.ceil(amount));
  const unit = 1024 ** Math.floor(Math.log2(amount) / 10);
  return readableBytes((Math.ceil((amount / unit) * 10) / 10) * unit);
}

function isBytes(resource: string): boolean {
  return resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-');
}

/** `Insufficient memory (needs 4 GiB, has 2.1 GiB free)`. */
export function insufficient({ resource, needed, free }: Shortage): string {
  const has = readableAmount(resource, Math.max(0, free));
  const what = resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`;
  return `${what} (needs ${readableAtLeast(resource, needed)}, has ${has} free)`;
}

export function portTaken({ protocol, port }: HostPort): string {
  return `host port ${port}/${protocol} is taken`;
}

/** `{dedicated: db}`. */
export function nameOfTaint({ key, value = '' }: Taint): string {
  return `{${key}: ${value}}`;
}

/** Resources that a reason of their own is about. */
export const TOLD_BY_THEMSELVES: ReadonlySet<string> = new Set(['cpu', 'memory', 'pods']);

/** `vm/web-1`, `pod/web-2`; with its namespace where that is another than the asker's. */
export function machineName({ kind, namespace, name }: MachineRequest, asker: MachineRequest): string {
  const short = kind === 'VirtualMachineInstance' ? 'vm' : kind.toLowerCase();
  return namespace === asker.namespace ? `${short}/${name}` : `${short}/${name} of namespace ${namespace}`;
}

const MOST_MACHINES = 3;

/** `pod/a and pod/b`, `4 machines (pod/a, pod/b, pod/c, …)`. */
export function machinesNamed(machines: readonly MachineRequest[], asker: MachineRequest): string {
  const names = machines.slice(0, MOST_MACHINES).map((machine) => machineName(machine, asker));
  if (machines.length <= MOST_MACHINES) return listed(names);
  return `${machines.length} machines (${names.join(', ')}, …)`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `the label a=b`, `the labels a=b and c`. */
export function labelsNamed(labels: readonly string[]): string {
  return `the ${labels.length === 1 ? 'label' : 'labels'} ${listed(labels)}`;
}

const MOST_HOSTS = 3;

/** `a`, or `any of 4 hosts (a, b, c, …)`. */
export function anyHost(names: readonly string[]): string {
  if (names.length === 1) return names[0] ?? '';
  const more = names.length > MOST_HOSTS ? ', …' : '';
  return `any of ${names.length} hosts (${names.slice(0, MOST_HOSTS).join(', ')}${more})`;
}

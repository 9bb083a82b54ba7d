import { readableBytes, type Taint } from '@godwit/kinds';
import type { Shortage } from '../fits.ts';
import type { HostPort, MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

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

const TOLD_BY_THEMSELVES = new Set(['cpu', 'memory', 'pods']);

/** The first of the other resources that a host has too little of. */
export function lackingResource(row: number, snapshot: Snapshot, { amounts }: MachineRequest): string {
  const lacking = (resource: string) => (amounts[resource] ?? 0) > snapshot.free(resource, row);
  return Object.keys(amounts).find((name) => !TOLD_BY_THEMSELVES.has(name) && lacking(name)) ?? 'resources';
}

/** `vm/web-1`, `pod/web-2`; with its namespace where that is another than the asker's. */
export function machineName({ kind, namespace, name }: MachineRequest, asker: MachineRequest): string {
  const short = kind === 'VirtualMachineInstance' ? 'vm' : kind.toLowerCase();
  return namespace === asker.namespace ? `${short}/${name}` : `${short}/${name} of namespace ${namespace}`;
}

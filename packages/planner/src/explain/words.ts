/** What is written in the same way in every language: amounts, taints, names. */
import { counted } from '@godwit/base';
import { readableBytes, type Taint } from '@godwit/kinds';
import type { HostPort, MachineRequest } from '../request/machine-request.ts';
import type { MachineName, Resource, Some } from './why-refused.ts';

/** How a language says so many cores. */
export type CoreWords = (cores: number) => string;

const coresEnglish: CoreWords = (cores) => counted(cores, 'core');

/** Amounts for people: `4 GiB`, `1.5 cores`, `2`. */
export function readableAmount(resource: string, amount: number, cores = coresEnglish): string {
  if (resource === 'cpu') return cores(amount / 1000);
  return isBytes(resource) ? readableBytes(amount) : String(amount);
}

/** The same where less than what is read would be too little: rounded up in its last place. */
export function readableAtLeast(resource: string, amount: number, cores = coresEnglish): string {
  if (!isBytes(resource) || !(amount >= 1024)) return readableAmount(resource, Math.ceil(amount), cores);
  const unit = 1024 ** Math.floor(Math.log2(amount) / 10);
  return readableBytes((Math.ceil((amount / unit) * 10) / 10) * unit);
}

function isBytes(resource: string): boolean {
  return resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-');
}

/** By what amounts of it are measured: single GPUs and cores are counted. */
export function unitOf(resource: Resource): string {
  return resource.is === 'named' ? resource.name : '';
}

/** `80/TCP`. */
export function portName({ protocol, port }: HostPort): string {
  return `${port}/${protocol}`;
}

/** `{dedicated: db}`. */
export function nameOfTaint({ key, value = '' }: Taint): string {
  return `{${key}: ${value}}`;
}

/** Resources that a reason of their own is about. */
export const TOLD_BY_THEMSELVES: ReadonlySet<string> = new Set(['cpu', 'memory', 'pods']);

export function machineName({ kind, namespace, name }: MachineRequest, asker: MachineRequest): MachineName {
  const short = kind === 'VirtualMachineInstance' ? 'vm' : kind.toLowerCase();
  return { kind: short, name, ...(namespace !== asker.namespace && { namespace }) };
}

/** Most that are named of many. */
const MOST_NAMED = 3;

export function some<Name>(names: readonly Name[]): Some<Name> {
  return { count: names.length, first: names.slice(0, MOST_NAMED) };
}

export function machinesNamed(machines: readonly MachineRequest[], asker: MachineRequest): Some<MachineName> {
  return some(machines.map((machine) => machineName(machine, asker)));
}

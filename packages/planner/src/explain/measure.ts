/** What a machine asks for by amount, beside what hosts have of it: room, single GPUs, cores to itself. */
import { type Amounts, gpuShareResource } from '../amounts.ts';
import { cpuLeft, cpuRoom, roomOf } from '../filters/index.ts';
import { overcommitOf } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import { isGpuResource } from '../request/common.ts';
import type { CoresRequest, GpuRequest, MachineRequest } from '../request/machine-request.ts';
import { WHOLE_DEVICE } from '../snapshot/device-table.ts';
import { coresOf } from '../snapshot/host.ts';
import type { Question } from '../survey/index.ts';
import type { Resource } from './why-refused.ts';

/** One amount: how much of it is needed, and what hosts have. */
export interface Measure {
  readonly resource: Resource;
  readonly needed: number;
  /** How much a host has left for such a machine. */
  readonly room: (row: number) => number;
  /** How much it would have if it were empty. */
  readonly whole: (row: number) => number;
  /** How much of it a machine takes that has a host. */
  readonly takenBy: (machine: MachineRequest) => number;
}

const BY_REASON: Readonly<Record<number, string>> = {
  [reasons.lacksCpu]: 'cpu',
  [reasons.lacksMemory]: 'memory',
  [reasons.lacksPods]: 'pods',
};

/** @param resource which of them, for `lacksDevices`. Undefined where a reason is not about amounts. */
export function measureOf(reason: Reason, resource: string | undefined, question: Question): Measure | undefined {
  if (reason === reasons.lacksGpus) return gpuMeasure(question);
  if (reason === reasons.lacksCores) return coreMeasure(question);
  const name = BY_REASON[reason] ?? resource;
  return name === undefined ? undefined : plainMeasure(name, question);
}

function plainMeasure(name: string, question: Question): Measure {
  const { snapshot, request, policy } = question;
  const ratio = overcommitOf(policy, name);
  const { capacity } = snapshot.columns(name);
  return {
    resource: { is: 'named', name },
    needed: request.amounts[name] ?? 0,
    room: name === 'cpu' ? cpuRoom(request, snapshot, policy) : roomOf(name, snapshot, policy),
    whole: name === 'cpu' ? wholeCpu(question) : (row) => (capacity.values[row] ?? 0) * ratio,
    takenBy: ({ amounts }) => amounts[name] ?? 0,
  };
}

function wholeCpu({ snapshot, request, policy }: Question): (row: number) => number {
  const { capacity } = snapshot.columns('cpu');
  const empty = { used: 0, dedicated: 0, ratio: overcommitOf(policy, 'cpu'), alone: request.cores !== undefined };
  return (row) => cpuLeft({ ...empty, whole: capacity.values[row] ?? 0 });
}

/** Whole GPUs are counted; for a part of one it matters how much a single one has left. */
function gpuMeasure({ snapshot, request: { amounts, gpu = { count: 0, share: 0 } } }: Question): Measure {
  const gpusOf = (row: number) => snapshot.hosts[row]?.gpus ?? 0;
  return {
    resource: gpuResource(gpu, amounts),
    needed: neededOfGpus(gpu),
    room: (row) => gpuRoom(snapshot.gpus.free(row), gpu),
    whole: (row) => (isPart(gpu) ? (gpusOf(row) > 0 ? WHOLE_DEVICE : 0) : gpusOf(row)),
    takenBy: ({ gpu: taken }) => (isPart(gpu) ? taken?.share : taken?.count) ?? 0,
  };
}

function isPart({ count, share }: GpuRequest): boolean {
  return count === 1 && share < WHOLE_DEVICE;
}

export function gpuResource(gpu: GpuRequest, amounts: Amounts): Resource {
  if (isPart(gpu)) return { is: 'of-one-gpu', name: gpuShareResource };
  const name = Object.keys(amounts).find(isGpuResource);
  return name === undefined ? { is: 'whole-gpus' } : { is: 'named', name };
}

export function neededOfGpus(gpu: GpuRequest): number {
  return isPart(gpu) ? gpu.share : gpu.count;
}

/** @param free thousandths that are left of each GPU */
export function gpuRoom(free: Int32Array, gpu: GpuRequest): number {
  return isPart(gpu) ? Math.max(0, ...free) : free.filter((each) => each >= gpu.share).length;
}

const NO_CORES: CoresRequest = { count: 0, share: 0, strict: false };

/** Cores that nobody else has, where processor time counts as well: whoever takes them takes that, too. */
function coreMeasure(question: Question): Measure {
  const { snapshot, request, policy } = question;
  const { cores = NO_CORES } = request;
  const needed = cores.count * cores.share;
  const time = cpuRoom(request, snapshot, policy);
  const timeOfEmpty = wholeCpu(question);
  const lacking = (room: number) => Math.ceil(Math.max(0, (request.amounts.cpu ?? 0) - room) / 1000);
  return {
    resource: coreResource(cores),
    needed,
    room: (row) => Math.min(coresTogether(snapshot.numa.free(row), cores), needed - lacking(time(row))),
    whole: (row) => {
      const host = snapshot.hosts[row];
      return Math.min(host ? coresTogether(coresOf(host), cores) : 0, needed - lacking(timeOfEmpty(row)));
    },
    takenBy: (machine) => (machine.cores ? machine.cores.count * machine.cores.share : 0),
  };
}

export function coreResource({ strict }: CoresRequest): Resource {
  return { is: strict ? 'whole-cores-of-one-node' : 'whole-cores' };
}

/** @param free whole cores that are left in each NUMA node */
export function coresTogether(free: ArrayLike<number>, { strict }: CoresRequest): number {
  let sum = 0;
  let most = 0;
  for (let node = 0; node < free.length; node++) {
    sum += free[node] ?? 0;
    most = Math.max(most, free[node] ?? 0);
  }
  return strict ? most : sum;
}

/** What a machine asks for by amount, beside what hosts have of it: room, single GPUs, cores to itself. */
import { gpuShareResource } from '../amounts.ts';
import { cpuLeft, cpuRoom, roomOf } from '../filters/index.ts';
import { overcommitOf } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import { isGpuResource } from '../request/common.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { coresOf } from '../snapshot/host.ts';
import type { Question } from '../survey/index.ts';

/** One amount: how much of it is needed, and what hosts have. */
export interface Measure {
  /** As people call it: `memory`, `nvidia.com/gpu`. */
  readonly name: string;
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
    name,
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
function gpuMeasure({ snapshot, request }: Question): Measure {
  const { count, share } = request.gpu ?? { count: 0, share: 0 };
  const gpusOf = (row: number) => snapshot.hosts[row]?.gpus ?? 0;
  if (count === 1 && share < 1000) {
    return {
      name: `${gpuShareResource} of one GPU`,
      needed: share,
      room: (row) => Math.max(0, ...snapshot.gpus.free(row)),
      whole: (row) => (gpusOf(row) > 0 ? 1000 : 0),
      takenBy: ({ gpu }) => gpu?.share ?? 0,
    };
  }
  const resource = Object.keys(request.amounts).find((name) => isGpuResource(name));
  return {
    name: resource ?? 'whole GPUs',
    needed: count,
    room: (row) => snapshot.gpus.free(row).filter((free) => free >= share).length,
    whole: gpusOf,
    takenBy: ({ gpu }) => gpu?.count ?? 0,
  };
}

/** Cores that nobody else has, where processor time counts as well: whoever takes them takes that, too. */
function coreMeasure(question: Question): Measure {
  const { snapshot, request, policy } = question;
  const { count, share, strict } = request.cores ?? { count: 0, share: 0, strict: false };
  const needed = count * share;
  const time = cpuRoom(request, snapshot, policy);
  const timeOfEmpty = wholeCpu(question);
  const lacking = (room: number) => Math.ceil(Math.max(0, (request.amounts.cpu ?? 0) - room) / 1000);
  const inNodes = (free: readonly number[]) =>
    strict ? Math.max(0, ...free) : free.reduce((sum, each) => sum + each, 0);
  return {
    name: strict ? 'whole cores of one NUMA node' : 'whole cores',
    needed,
    room: (row) => Math.min(inNodes([...snapshot.numa.free(row)]), needed - lacking(time(row))),
    whole: (row) => {
      const host = snapshot.hosts[row];
      return Math.min(host ? inNodes(coresOf(host)) : 0, needed - lacking(timeOfEmpty(row)));
    },
    takenBy: ({ cores }) => (cores ? cores.count * cores.share : 0),
  };
}

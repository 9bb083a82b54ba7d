import type { HostAllocation } from './allocation/host-allocation.ts';
import { type Amounts, gpuShareResource } from './amounts.ts';
import { coreResource, coresTogether, gpuResource, gpuRoom, neededOfGpus } from './explain/measure.ts';
import type { Lack, Obstacle, Resource } from './explain/why-refused.ts';
import { portName } from './explain/words.ts';
import { haveCores } from './filters/has-free-cores.ts';
import { cpuLeft } from './filters/has-free-cpu.ts';
import { tenancyOf } from './filters/suits-tenant.ts';
import { overcommitOf, type Policy, partFor } from './policy.ts';
import { isGpuResource } from './request/common.ts';
import { type MachineRequest, portKey } from './request/machine-request.ts';
import { chooseDevices, DeviceTable, WHOLE_DEVICE } from './snapshot/device-table.ts';
import { coresOf, type Host } from './snapshot/host.ts';

/** A resource of which there is too little. */
export interface Shortage {
  readonly resource: string;
  readonly needed: number;
  readonly free: number;
}

/**
 * The one rule of capacity: what is asked for on top of what is given out must not exceed what is there.
 * A resource that is asked for but that the host does not name counts as nothing there. What is there counts as
 * often as `overcommit` says. Empty when it fits.
 */
export function fits(
  allocation: Amounts,
  capacity: Amounts,
  request: Amounts,
  overcommit: Amounts = {},
): readonly Shortage[] {
  const shortages: Shortage[] = [];
  for (const resource in request) {
    const needed = request[resource] as number;
    if (needed <= 0) continue;
    const free = (capacity[resource] ?? 0) * (overcommit[resource] ?? 1) - (allocation[resource] ?? 0);
    if (needed > free) shortages.push({ resource, needed, free });
  }
  return shortages;
}

/** `fits` as binding asks it: all that keeps `machine` from a host beside those whose allocation it is. */
export function obstaclesOnHost(
  host: Host,
  allocation: HostAllocation,
  machine: MachineRequest,
  governing: Policy,
): readonly Obstacle[] {
  // Whoever chose it had not heard of it yet: what is bound there would wait until somebody wakes it.
  if (host.asleep) return [{ is: 'isAsleep' }];
  const policy = partFor(governing, host.labels);
  const ports = machine.ports.filter((port) => allocation.hasPort(portKey(port))).map(portName);
  const cores = coreObstacles(host, allocation, machine);
  const gpus = gpuObstacles(host, allocation, machine);
  // Told once: who has too few whole cores or GPUs has too little of what they are counted by, too.
  const isTold = (name: string) =>
    (cores.length > 0 && name === 'cpu') || (gpus.length > 0 && (isGpuResource(name) || name === gpuShareResource));
  return [
    ...shortages(host, allocation, machine, policy)
      .filter(({ resource }) => !isTold(resource))
      .map(({ resource: name, needed, free }) => lackOf({ is: 'named', name }, needed, free)),
    ...ports.map((port): Obstacle => ({ is: 'portIsTaken', port })),
    ...gpus,
    ...cores,
    ...tenantObstacles(host, allocation, machine, policy),
  ];
}

function shortages(
  { capacity }: Host,
  { amounts, dedicated }: HostAllocation,
  machine: MachineRequest,
  policy: Policy,
): readonly Shortage[] {
  const ratio = overcommitOf(policy, 'cpu');
  if (ratio === 1) return fits(amounts, capacity, machine.amounts, policy.overcommit);
  const used = amounts.cpu ?? 0;
  const left = cpuLeft({ whole: capacity.cpu ?? 0, used, dedicated, ratio, alone: machine.cores !== undefined });
  return fits(amounts, { ...capacity, cpu: used + left }, machine.amounts, { ...policy.overcommit, cpu: 1 });
}

function lackOf(resource: Resource, needed: number, free: number): Lack {
  return { is: 'lacks', resource, needed, free };
}

/** Cores that a machine is to have to itself, from one NUMA node where its guest sees it. */
function coreObstacles(host: Host, { machines }: HostAllocation, { cores }: MachineRequest): readonly Obstacle[] {
  if (!cores) return [];
  const numa = new DeviceTable();
  numa.setHost(0, coresOf(host));
  for (const other of machines) if (other.cores) numa.put(other.cores, 0);
  const free = numa.free(0);
  if (haveCores(free, cores)) return [];
  return [lackOf(coreResource(cores), cores.count * cores.share, coresTogether(free, cores))];
}

function tenantObstacles(
  { labels }: Host,
  { machines }: HostAllocation,
  machine: MachineRequest,
  { isolation }: Policy,
): readonly Obstacle[] {
  const rule = isolation && tenancyOf(machine, isolation);
  const suits = !rule || (rule.mayUse(labels) && !(rule.isStranger && [...machines].some(rule.isStranger)));
  return suits ? [] : [{ is: 'hasOtherTenant' }];
}

/** Parts that are free on several GPUs do not add up; and two machines may have been promised the same one. */
function gpuObstacles(
  { gpus = 0 }: Host,
  { machines }: HostAllocation,
  { gpu, amounts }: MachineRequest,
): readonly Obstacle[] {
  if (!gpu) return [];
  const table = new DeviceTable();
  table.setHost(
    0,
    Array.from({ length: gpus }, () => WHOLE_DEVICE),
  );
  for (const other of machines) if (other.gpu) table.put(other.gpu, 0);
  const free = table.free(0);
  const { count, share, devices } = gpu;
  if (devices) {
    const taken = devices.filter((device) => (free[device] ?? 0) < share);
    return taken.map((device): Obstacle => ({ is: 'gpuIsTaken', device }));
  }
  if (chooseDevices(free, count, share)) return [];
  return [lackOf(gpuResource(gpu, amounts), neededOfGpus(gpu), gpuRoom(free, gpu))];
}

import type { KubeObject } from '@godwit/kinds';
import { type Amounts, addAmounts } from './amounts.ts';
import { insufficient, machineName, portTaken } from './explain/words.ts';
import { haveCores } from './filters/has-free-cores.ts';
import { cpuLeft } from './filters/has-free-cpu.ts';
import { tenancyOf } from './filters/suits-tenant.ts';
import { overcommitOf, type Policy, partFor, spreadPolicy } from './policy.ts';
import { type MachineRequest, portKey } from './request/machine-request.ts';
import { requestOfMachine } from './request/request-of-machine.ts';
import { chooseDevices, DeviceTable, WHOLE_DEVICE } from './snapshot/device-table.ts';
import { coresOf, type Host, hostOfNode } from './snapshot/host.ts';

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

const requests = new WeakMap<KubeObject, MachineRequest>();

/** What a machine asks for, read once however often it is looked at: objects of the API never change. */
export function knownRequest(object: KubeObject): MachineRequest {
  let request = requests.get(object);
  if (!request) {
    request = requestOfMachine(object);
    requests.set(object, request);
  }
  return request;
}

/**
 * `fits` for objects of the API, as binding asks it: why `machine` (a Pod or a VirtualMachineInstance) does not
 * fit on `node` beside the machines `bound` to it, in words; empty when it does. Who binds may have decided before
 * another one did: all that two of them could break is asked again here, tenants included.
 */
export function fitsOnNode(question: {
  readonly node: KubeObject;
  readonly bound: readonly KubeObject[];
  readonly machine: KubeObject;
  /** The policy by which machines are placed; the default one where nothing is said. */
  readonly policy?: Policy;
}): readonly string[] {
  const host = hostOfNode(question.node);
  // Whoever chose it had not heard of it yet: what is bound there would wait until somebody wakes it.
  if (host.asleep) return ['the node is asleep'];
  const machine = requestOfMachine(question.machine);
  const others = question.bound
    .filter(({ metadata }) => metadata.uid !== question.machine.metadata.uid)
    .map(knownRequest)
    .filter(({ finished }) => !finished);
  const policy = partFor(question.policy ?? spreadPolicy, host.labels);
  const taken = new Set(others.flatMap(({ ports }) => ports.map(portKey)));
  const clashes = machine.ports.filter((port) => taken.has(portKey(port)));
  return [
    ...shortages(host, others, machine, policy).map(insufficient),
    ...clashes.map(portTaken),
    ...gpuClashes(host, others, machine),
    ...coreClashes(host, others, machine),
    ...tenantClashes(host, others, machine, policy),
  ];
}

function shortages(
  { capacity }: Host,
  others: readonly MachineRequest[],
  machine: MachineRequest,
  policy: Policy,
): readonly Shortage[] {
  const allocation: Record<string, number> = {};
  let dedicated = 0;
  for (const { amounts, cores } of others) {
    addAmounts(allocation, amounts);
    if (cores) dedicated += amounts.cpu ?? 0;
  }
  const ratio = overcommitOf(policy, 'cpu');
  if (ratio === 1) return fits(allocation, capacity, machine.amounts, policy.overcommit);
  const used = allocation.cpu ?? 0;
  const left = cpuLeft({ whole: capacity.cpu ?? 0, used, dedicated, ratio, alone: machine.cores !== undefined });
  return fits(allocation, { ...capacity, cpu: used + left }, machine.amounts, { ...policy.overcommit, cpu: 1 });
}

/** Cores that a machine is to have to itself, from one NUMA node where its guest sees it. */
function coreClashes(host: Host, others: readonly MachineRequest[], { cores }: MachineRequest): string[] {
  if (!cores) return [];
  const numa = new DeviceTable();
  numa.setHost(0, coresOf(host));
  for (const other of others) if (other.cores) numa.put(other.cores, 0);
  return haveCores(numa.free(0), cores) ? [] : [`Insufficient cores to itself (needs ${cores.count * cores.share})`];
}

function tenantClashes(
  { labels }: Host,
  others: readonly MachineRequest[],
  machine: MachineRequest,
  { isolation }: Policy,
): string[] {
  const rule = isolation && tenancyOf(machine, isolation);
  if (!rule) return [];
  const stranger = rule.isStranger && others.find(rule.isStranger);
  return [
    ...(rule.mayUse(labels) ? [] : ['the node is that of another tenant, or not one of its tenant']),
    ...(stranger ? [`${machineName(stranger, machine)} is of a tenant that it must not share a node with`] : []),
  ];
}

/** Parts that are free on several GPUs do not add up; and two machines may have been promised the same one. */
function gpuClashes({ gpus = 0 }: Host, others: readonly MachineRequest[], { gpu }: MachineRequest): string[] {
  if (!gpu) return [];
  const table = new DeviceTable();
  table.setHost(
    0,
    Array.from({ length: gpus }, () => WHOLE_DEVICE),
  );
  for (const other of others) if (other.gpu) table.put(other.gpu, 0);
  const free = table.free(0);
  const { count, share, devices } = gpu;
  if (devices) {
    return devices.filter((device) => (free[device] ?? 0) < share).map((device) => `GPU ${device} is taken`);
  }
  return chooseDevices(free, count, share) ? [] : [`Insufficient free GPUs (needs ${count} of ${share} thousandths)`];
}

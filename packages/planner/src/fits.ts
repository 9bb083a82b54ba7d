import type { KubeObject } from '@godwit/kinds';
import { type Amounts, addAmounts } from './amounts.ts';
import { insufficient, portTaken } from './explain/words.ts';
import type { Policy } from './policy.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { type GpuRequest, portKey } from './request/machine-request.ts';
import { requestOfMachine } from './request/request-of-machine.ts';
import { chooseDevices, DeviceTable, WHOLE_DEVICE } from './snapshot/device-table.ts';
import { hostOfNode } from './snapshot/host.ts';

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

/** Objects never change: what one asks for is read once, however many bindings to its host follow. */
const requests = new WeakMap<KubeObject, MachineRequest>();

function knownRequest(object: KubeObject): MachineRequest {
  let request = requests.get(object);
  if (!request) {
    request = requestOfMachine(object);
    requests.set(object, request);
  }
  return request;
}

/**
 * `fits` for objects of the API, as binding asks it: why `machine` (a Pod or a VirtualMachineInstance) does not
 * fit on `node` beside the machines `bound` to it, in words; empty when it does.
 */
export function fitsOnNode(question: {
  readonly node: KubeObject;
  readonly bound: readonly KubeObject[];
  readonly machine: KubeObject;
  /** The policy of the node; the default one where nothing is said. */
  readonly policy?: Policy;
}): readonly string[] {
  const { capacity, asleep, gpus = 0 } = hostOfNode(question.node);
  // Whoever chose it had not heard of it yet: what is bound there would wait until somebody wakes it.
  if (asleep) return ['the node is asleep'];
  const machine = requestOfMachine(question.machine);
  const allocation: Record<string, number> = {};
  const taken = new Set<string>();
  const devices = new DeviceTable();
  devices.setHost(
    0,
    Array.from({ length: gpus }, () => WHOLE_DEVICE),
  );
  for (const object of question.bound) {
    if (object.metadata.uid === question.machine.metadata.uid) continue;
    const other = knownRequest(object);
    if (other.finished) continue;
    addAmounts(allocation, other.amounts);
    if (other.gpu) devices.put(other.gpu, 0);
    for (const port of other.ports) taken.add(portKey(port));
  }
  const shortages = fits(allocation, capacity, machine.amounts, question.policy?.overcommit);
  const clashes = machine.ports.filter((port) => taken.has(portKey(port)));
  return [...shortages.map(insufficient), ...clashes.map(portTaken), ...gpuClashes(devices.free(0), machine.gpu)];
}

/** Parts that are free on several GPUs do not add up; and two machines may have been promised the same one. */
function gpuClashes(free: Int32Array, gpu: GpuRequest | undefined): string[] {
  if (!gpu) return [];
  const { count, share, devices } = gpu;
  if (devices) {
    return devices.filter((device) => (free[device] ?? 0) < share).map((device) => `GPU ${device} is taken`);
  }
  return chooseDevices(free, count, share) ? [] : [`Insufficient free GPUs (needs ${count} of ${share} thousandths)`];
}

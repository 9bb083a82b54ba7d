import type { KubeObject } from '@godwit/kinds';
import { type Amounts, addAmounts } from './amounts.ts';
import { insufficient, portTaken } from './explain/words.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { portKey } from './request/machine-request.ts';
import { requestOfMachine } from './request/request-of-machine.ts';
import { hostOfNode } from './snapshot/host.ts';

/** A resource of which there is too little. */
export interface Shortage {
  readonly resource: string;
  readonly needed: number;
  readonly free: number;
}

/**
 * The one rule of capacity: what is asked for on top of what is given out must not exceed what is there.
 * A resource that is asked for but that the host does not name counts as nothing there. Empty when it fits.
 */
export function fits(allocation: Amounts, capacity: Amounts, request: Amounts): readonly Shortage[] {
  const shortages: Shortage[] = [];
  for (const resource in request) {
    const needed = request[resource] as number;
    if (needed <= 0) continue;
    const free = (capacity[resource] ?? 0) - (allocation[resource] ?? 0);
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
}): readonly string[] {
  const { capacity } = hostOfNode(question.node);
  const machine = requestOfMachine(question.machine);
  const allocation: Record<string, number> = {};
  const taken = new Set<string>();
  for (const object of question.bound) {
    if (object.metadata.uid === question.machine.metadata.uid) continue;
    const other = knownRequest(object);
    if (other.finished) continue;
    addAmounts(allocation, other.amounts);
    for (const port of other.ports) taken.add(portKey(port));
  }
  const shortages = fits(allocation, capacity, machine.amounts);
  const clashes = machine.ports.filter((port) => taken.has(portKey(port)));
  return [...shortages.map(insufficient), ...clashes.map(portTaken)];
}

import type { MachineRequest } from '../request/machine-request.ts';
import type { Anchor } from './machine-term.ts';

/** A machine, and the labels of the host that it is on. */
export interface LocatedMachine {
  readonly machine: MachineRequest;
  readonly labels: Readonly<Record<string, string>>;
}

type ByUid = Map<string, LocatedMachine>;

/** Machines by namespace and label, for those labels that were asked for: found without walking through all machines. */
export class MachinesByLabel {
  /** By label, then by namespace and value. */
  readonly #indexes = new Map<string, Map<string, ByUid>>();

  /** @param each walks through all machines that there are */
  having({ namespace, label, value }: Anchor, each: (visit: (located: LocatedMachine) => void) => void) {
    let index = this.#indexes.get(label);
    if (!index) {
      index = new Map();
      this.#indexes.set(label, index);
      const made = index;
      each((located) => put(made, label, located));
    }
    return index.get(placeIn(namespace, value))?.values() ?? NONE;
  }

  /** A machine has come (1) or gone (-1). */
  count(located: LocatedMachine, change: 1 | -1): void {
    for (const [label, index] of this.#indexes) {
      if (change > 0) put(index, label, located);
      else take(index, label, located);
    }
  }
}

const NONE: readonly LocatedMachine[] = [];

const placeIn = (namespace: string, value: string) => `${namespace}\n${value}`;

function put(index: Map<string, ByUid>, label: string, located: LocatedMachine): void {
  const { namespace, labels, uid } = located.machine;
  const value = labels[label];
  if (value === undefined) return;
  const place = placeIn(namespace, value);
  const others = index.get(place);
  if (others) others.set(uid, located);
  else index.set(place, new Map([[uid, located]]));
}

function take(index: Map<string, ByUid>, label: string, { machine }: LocatedMachine): void {
  const value = machine.labels[label];
  if (value === undefined) return;
  const place = placeIn(machine.namespace, value);
  const others = index.get(place);
  others?.delete(machine.uid);
  if (others?.size === 0) index.delete(place);
}

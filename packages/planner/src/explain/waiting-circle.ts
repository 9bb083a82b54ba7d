/** Machines that wait for each other, since each must be near the next first. */
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { requiredAffinity } from '../terms/index.ts';
import { isFirstOfGroup } from './neighbours.ts';

/** Machines that wait as well, to see who waits for whom. */
export type WaitingMachines = () => Iterable<MachineRequest>;

/** Those that wait for each other with the machine in question; looked for once, when first asked. */
export type WaitingCircle = () => readonly MachineRequest[] | undefined;

/** Most machines that are looked at: as many again may wait for reasons of their own. */
const MOST_LOOKED_AT = 200;

export function circleOf(request: MachineRequest, waiting: WaitingMachines, snapshot: Snapshot): WaitingCircle {
  let found: { readonly circle: readonly MachineRequest[] | undefined } | undefined;
  return () => {
    found ??= { circle: waitingCircle(request, few(waiting()), snapshot) };
    return found.circle;
  };
}

function few(machines: Iterable<MachineRequest>): readonly MachineRequest[] {
  const found: MachineRequest[] = [];
  for (const machine of machines) {
    if (found.length === MOST_LOOKED_AT) break;
    found.push(machine);
  }
  return found;
}

/**
 * The shortest circle from a machine over those that it must be near to, and those that these must be near to, back to
 * it: all but the machine itself, in order. Undefined where there is none.
 */
function waitingCircle(
  request: MachineRequest,
  waiting: readonly MachineRequest[],
  snapshot: Snapshot,
): readonly MachineRequest[] | undefined {
  const reached = new Set([request.uid]);
  let paths: (readonly MachineRequest[])[] = [[request]];
  while (paths.length > 0) {
    const longer: (readonly MachineRequest[])[] = [];
    for (const path of paths) {
      const last = path.at(-1) as MachineRequest;
      for (const matches of waitedFor(last, snapshot)) {
        if (path.length > 1 && matches(request)) return path.slice(1);
        for (const other of waiting) {
          if (reached.has(other.uid) || !matches(other)) continue;
          reached.add(other.uid);
          longer.push([...path, other]);
        }
      }
    }
    paths = longer;
  }
  return undefined;
}

/** What a machine must be near to of which there is nothing anywhere. */
function waitedFor(machine: MachineRequest, snapshot: Snapshot): ((other: MachineRequest) => boolean)[] {
  return requiredAffinity(machine)
    .map((term) => snapshot.terms.of(term, machine))
    .filter((counts) => counts.byPlace.size === 0 && !isFirstOfGroup(counts, machine))
    .map(({ term }) => term.matches);
}

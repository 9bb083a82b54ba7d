import { type Policy, partFor } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { prepareAllTests, questionOf } from '../survey/index.ts';

/** How many more machines of a kind may be disturbed: what a PodDisruptionBudget says now. */
export interface Budget {
  readonly covers: (machine: MachineRequest) => boolean;
  readonly allowed: number;
}

export interface PreemptionRules {
  readonly budgets: readonly Budget[];
  /** Machines that are going already: they are in nobody's way, and no victims. */
  readonly leaving: ReadonlySet<string>;
}

/** Room on a host, once all of `victims` have gone from it. */
export interface Preemption {
  readonly host: string;
  /** The least important first. Empty where those that leave already are enough. */
  readonly victims: readonly MachineRequest[];
  /** The next best hosts, with how many machines would have had to go there. */
  readonly next: readonly (readonly [host: string, victims: number])[];
}

/** Hosts with room to be made that are compared; as in Kubernetes, a hundred are enough to choose from. */
const COMPARED = 100;
const RUNNERS_UP = 3;

/**
 * The host where making room for `request` hurts least: the most important victim as unimportant as can be,
 * then the least importance in all, then the fewest victims. Undefined where no less important machines,
 * or none that may go, are in the way. `snapshot` is as it was afterwards.
 */
export function preempt(
  snapshot: Snapshot,
  request: MachineRequest,
  policy: Policy,
  rules: PreemptionRules,
): Preemption | undefined {
  // Machines that wait ask again and again: where nobody is less important, hosts need not be looked at.
  if (rules.leaving.size === 0 && !(snapshot.lowestPriority < request.priority)) return undefined;
  const found: Option[] = [];
  for (let row = 0; row < snapshot.rowCount && found.length < COMPARED; row++) {
    const host = snapshot.hosts[row];
    if (!host) continue;
    const victims = victimsOn(snapshot, row, request, partFor(policy, host.labels), rules);
    if (victims) found.push({ host: host.name, victims });
  }
  found.sort((a, b) => compareHarm(a.victims, b.victims));
  const [best, ...others] = found;
  if (!best) return undefined;
  return { ...best, next: others.slice(0, RUNNERS_UP).map(({ host, victims }) => [host, victims.length]) };
}

interface Option {
  readonly host: string;
  readonly victims: readonly MachineRequest[];
}

/** Negative when `a` is the lesser harm. Victims are sorted, the least important first. */
function compareHarm(a: readonly MachineRequest[], b: readonly MachineRequest[]): number {
  const highest = (victims: readonly MachineRequest[]) => victims.at(-1)?.priority ?? Number.NEGATIVE_INFINITY;
  // Priorities may be negative: counted from the lowest that there is, every victim weighs something.
  const sum = (victims: readonly MachineRequest[]) =>
    victims.reduce((total, { priority }) => total + priority + 2 ** 31, 0);
  return compare(highest(a), highest(b)) || compare(sum(a), sum(b)) || a.length - b.length;
}

const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The victims that one host costs, or undefined where it would not do even then. All that may go are taken
 * away, and then brought back, the most important first, as long as the new one still fits beside them.
 */
function victimsOn(
  snapshot: Snapshot,
  row: number,
  request: MachineRequest,
  policy: Policy,
  { budgets, leaving }: PreemptionRules,
): readonly MachineRequest[] | undefined {
  const here = snapshot.machinesOn(row).map((machine) => machine.request);
  const going = here.filter(({ uid }) => leaving.has(uid));
  const less = here.filter(({ uid, priority }) => priority < request.priority && !leaving.has(uid));
  const removable = withinBudgets(less.sort(byImportance), budgets);
  if (going.length + removable.length === 0) return undefined;
  const host = snapshot.hosts[row]?.name ?? '';
  const fits = () => {
    const tests = prepareAllTests(questionOf(snapshot, request, policy));
    return tests.every((test) => test(row) === reasons.passes);
  };
  const away = new Set([...going, ...removable]);
  try {
    for (const { uid } of away) snapshot.remove(uid);
    if (!fits()) return undefined;
    const victims: MachineRequest[] = [];
    for (const machine of removable.toReversed()) {
      snapshot.put(machine, host);
      if (fits()) away.delete(machine);
      else {
        snapshot.remove(machine.uid);
        victims.push(machine);
      }
    }
    return victims.reverse();
  } finally {
    for (const machine of away) snapshot.put(machine, host);
  }
}

/** The least important first; of equals the largest, so that few have to go. */
function byImportance(a: MachineRequest, b: MachineRequest): number {
  return a.priority - b.priority || (b.amounts.memory ?? 0) - (a.amounts.memory ?? 0);
}

/** Of machines in order, those that may go together. */
function withinBudgets(machines: readonly MachineRequest[], budgets: readonly Budget[]): readonly MachineRequest[] {
  const left = new Map(budgets.map((budget) => [budget, budget.allowed]));
  return machines.filter((machine) => {
    const over = budgets.filter(({ covers }) => covers(machine));
    if (over.some((budget) => (left.get(budget) ?? 0) <= 0)) return false;
    for (const budget of over) left.set(budget, (left.get(budget) ?? 0) - 1);
    return true;
  });
}

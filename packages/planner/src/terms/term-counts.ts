import type { PodAffinityTerm } from '@godwit/kinds';
import type { MachineRequest } from '../request/machine-request.ts';
import { machineTermOf, type NamespaceLabels, termIdOf } from './machine-term.ts';
import { type LocatedMachine, MachinesByLabel } from './machines-by-label.ts';
import { CountsIndex, PlaceCounts } from './place-counts.ts';

/** What the counts are made from: machines, and the labels of the host that each of them is on. */
interface Population {
  readonly namespaceLabels: NamespaceLabels;
  /** Calls with every machine that has a host. */
  each(visit: (located: LocatedMachine) => void): void;
}

/** Most terms that are kept counted; when there are more, those counted first are forgotten until asked for again. */
const MOST_TERMS = 2 ** 15;

/**
 * Counts by place of the machines that terms mean (`of`), and of the machines that keep others away by required
 * anti-affinity (`keepingAway`). Both follow every machine that comes or goes.
 */
export class TermCounts {
  readonly #population: Population;
  /** Machines that are meant, by term; a term is counted from when it is first asked for. */
  readonly #meant = new CountsIndex();
  /** Owners of required anti-affinity, by term; all of them. */
  readonly #repelling = new CountsIndex();
  readonly #byLabel = new MachinesByLabel();

  constructor(population: Population) {
    this.#population = population;
  }

  of(term: PodAffinityTerm, owner: MachineRequest): PlaceCounts {
    const known = this.#meant.byId.get(termIdOf(term, owner));
    if (known) return known;
    if (this.#meant.byId.size >= MOST_TERMS) this.#forgetFirst();
    const counts = new PlaceCounts(machineTermOf(term, owner, this.#population.namespaceLabels));
    for (const { machine, labels } of this.#mayMean(counts)) {
      if (counts.term.matches(machine)) counts.add(labels[term.topologyKey], 1);
    }
    this.#meant.add(counts);
    return counts;
  }

  #forgetFirst(): void {
    const [first] = this.#meant.byId.values();
    if (first) this.#meant.remove(first);
  }

  /** All machines that a term may mean, and maybe others. */
  #mayMean({ term }: PlaceCounts): Iterable<LocatedMachine> {
    const each = (visit: (located: LocatedMachine) => void) => this.#population.each(visit);
    if (term.anchor) return this.#byLabel.having(term.anchor, each);
    const all: LocatedMachine[] = [];
    each((located) => all.push(located));
    return all;
  }

  /** Where machines are that keep this one away. */
  keepingAway(machine: MachineRequest): readonly PlaceCounts[] {
    return this.#repelling.meaning(machine);
  }

  /** A machine has come (1) to a host with these labels, or gone (-1). */
  count(machine: MachineRequest, labels: Readonly<Record<string, string>>, change: 1 | -1): void {
    this.#byLabel.count({ machine, labels }, change);
    for (const counts of this.#meant.meaning(machine)) counts.add(labels[counts.term.topologyKey], change);
    this.#countRepelling(machine, labels, change);
  }

  /** Namespaces have other labels than before: whom terms mean has to be found out anew. */
  recount(): void {
    this.#meant.clear();
    this.#repelling.clear();
    this.#population.each(({ machine, labels }) => this.#countRepelling(machine, labels, 1));
  }

  #countRepelling(owner: MachineRequest, labels: Readonly<Record<string, string>>, change: 1 | -1): void {
    for (const term of requiredAntiAffinity(owner)) {
      let counts = this.#repelling.byId.get(termIdOf(term, owner));
      if (!counts) {
        counts = new PlaceCounts(machineTermOf(term, owner, this.#population.namespaceLabels));
        this.#repelling.add(counts);
      }
      counts.add(labels[term.topologyKey], change);
      if (counts.byPlace.size === 0) this.#repelling.remove(counts);
    }
  }
}

const NONE: readonly PodAffinityTerm[] = [];

export function requiredAntiAffinity({ affinity }: MachineRequest): readonly PodAffinityTerm[] {
  return affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? NONE;
}

export function requiredAffinity({ affinity }: MachineRequest): readonly PodAffinityTerm[] {
  return affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? NONE;
}

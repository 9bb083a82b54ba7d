import type { PodAffinityTerm } from '@godwit/kinds';
import type { MachineRequest } from '../request/machine-request.ts';
import { machineTermOf, type NamespaceLabels, termIdOf } from './machine-term.ts';
import { CountsIndex, PlaceCounts } from './place-counts.ts';

/** What the counts are made from: machines, and the labels of the host that each of them is on. */
interface Population {
  readonly namespaceLabels: NamespaceLabels;
  /** Calls with every machine that has a host. */
  each(visit: (machine: MachineRequest, labels: Readonly<Record<string, string>>) => void): void;
}

/** Most terms that are kept counted; when there are more, all are forgotten and counted anew when asked for. */
const MOST_TERMS = 4096;

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

  constructor(population: Population) {
    this.#population = population;
  }

  of(term: PodAffinityTerm, owner: MachineRequest): PlaceCounts {
    const known = this.#meant.byId.get(termIdOf(term, owner));
    if (known) return known;
    if (this.#meant.byId.size >= MOST_TERMS) this.#meant.clear();
    const counts = new PlaceCounts(machineTermOf(term, owner, this.#population.namespaceLabels));
    this.#population.each((machine, labels) => {
      if (counts.term.matches(machine)) counts.add(labels[term.topologyKey], 1);
    });
    this.#meant.add(counts);
    return counts;
  }

  /** Where machines are that keep this one away. */
  keepingAway(machine: MachineRequest): readonly PlaceCounts[] {
    return this.#repelling.meaning(machine);
  }

  /** A machine has come (1) to a host with these labels, or gone (-1). */
  count(machine: MachineRequest, labels: Readonly<Record<string, string>>, change: 1 | -1): void {
    for (const counts of this.#meant.meaning(machine)) counts.add(labels[counts.term.topologyKey], change);
    this.#countRepelling(machine, labels, change);
  }

  /** Namespaces have other labels than before: whom terms mean has to be found out anew. */
  recount(): void {
    this.#meant.clear();
    this.#repelling.clear();
    this.#population.each((machine, labels) => this.#countRepelling(machine, labels, 1));
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

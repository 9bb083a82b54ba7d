import type { Pod, Stored } from '@godwit/kinds';
import type { ObjectChange } from '../cloud/api-view.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';

/** None of a group of machines gets a host before all of the group are there. */
export class WholeGangs implements Invariant {
  readonly name = 'whole-gangs';
  readonly #context: InvariantContext;
  /** Name of a group → keys of all members that there have ever been. */
  readonly #members = new Map<string, Set<string>>();

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed({ key, plural, before, after }: ObjectChange): void {
    if (plural !== 'pods' || !after) return;
    const { gang, size } = gangOf(after);
    if (gang === undefined) return;
    const members = this.#members.get(gang) ?? new Set();
    this.#members.set(gang, members.add(key));
    const bound = (after as Stored<Pod>).spec.nodeName && !(before as Stored<Pod> | undefined)?.spec.nodeName;
    if (!bound || members.size >= size) return;
    const message = `${nameOf(after)} has a host, and of the ${size} of its group there are ${members.size}`;
    this.#context.report(new Violation(this.name, message));
  }
}

export function gangOf({ metadata }: ObjectChange['after'] & object): { gang: string | undefined; size: number } {
  const size = Number(metadata.annotations?.['kueue.x-k8s.io/pod-group-total-count'] ?? 1);
  return { gang: metadata.labels?.['kueue.x-k8s.io/pod-group-name'], size };
}

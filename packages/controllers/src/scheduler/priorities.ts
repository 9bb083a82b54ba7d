import type { ApiClient, KindCache } from '@godwit/client';
import { type PriorityClass, priorityClass } from '@godwit/kinds';
import { isInstance, type Machine } from './schedulable-machine.ts';

/** How important machines are. Pods have it written in them; instances name a class, or have the default one. */
export class Priorities {
  readonly #classes: KindCache<PriorityClass>;

  constructor(client: ApiClient) {
    this.#classes = client.cache(priorityClass);
  }

  of(machine: Machine): number {
    return isInstance(machine) ? (this.#classOf(machine)?.value ?? 0) : (machine.spec.priority ?? 0);
  }

  /** Whether less important machines may have to go for it. */
  mayPreempt(machine: Machine): boolean {
    const policy = isInstance(machine) ? this.#classOf(machine)?.preemptionPolicy : machine.spec.preemptionPolicy;
    return policy !== 'Never';
  }

  #classOf(machine: Machine): PriorityClass | undefined {
    const { priorityClassName } = machine.spec;
    if (priorityClassName) return this.#classes.get({ name: priorityClassName });
    // Of several defaults the least important counts, as for pods.
    const defaults = [...this.#classes.values()].filter(({ globalDefault }) => globalDefault);
    return defaults.toSorted((a, b) => a.value - b.value)[0];
  }
}

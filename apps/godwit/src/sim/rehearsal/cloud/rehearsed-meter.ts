import type { ApiClient } from '@godwit/client';
import type { Meter, Usages } from '@godwit/controllers';
import { type Pod, pod, type Stored, type VirtualMachineInstance, virtualMachineInstance } from '@godwit/kinds';
import { knownRequest } from '@godwit/planner';

/** What the machines of a group use of what they ask for, now: 1 is all of it. */
export type ShareOf = (group: string) => number;

type Machine = Stored<Pod> | Stored<VirtualMachineInstance>;

/** Label of every machine that a rehearsal makes: the group that it belongs to. */
export const groupLabel = 'sim.godwit.dev/group';

/**
 * What a host would measure of its machines. Processors follow the load of the group. A virtual machine has all of its
 * memory, as guests give nothing back; a pod has half of what it asks for, and the other half as its load rises.
 */
export class RehearsedMeter implements Meter {
  readonly #client: ApiClient;
  readonly #shareOf: ShareOf;

  constructor(client: ApiClient, shareOf: ShareOf) {
    this.#client = client;
    this.#shareOf = shareOf;
  }

  read(): Promise<Usages> {
    const usages = new Map<string, { cpu: number; memory: number }>();
    const shares = new Map<string, number>();
    const measure = (machine: Machine, id: string, isInstance: boolean): void => {
      if (machine.status?.phase !== 'Running') return;
      const group = machine.metadata.labels?.[groupLabel] ?? '';
      let share = shares.get(group);
      if (share === undefined) shares.set(group, (share = this.#shareOf(group)));
      const { cpu = 0, memory = 0 } = knownRequest(machine).amounts;
      usages.set(id, { cpu: cpu * share, memory: isInstance ? memory : (memory * (1 + Math.min(1, share))) / 2 });
    };
    for (const one of this.#client.cache(pod).values()) {
      measure(one, `pod/${one.metadata.namespace}/${one.metadata.name}`, false);
    }
    for (const one of this.#client.cache(virtualMachineInstance).values()) {
      measure(one, `vmi/${one.metadata.namespace}/${one.metadata.name}`, true);
    }
    return Promise.resolve(usages);
  }
}

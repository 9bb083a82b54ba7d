import type { ApiClient } from '@godwit/client';
import { podMetrics, thousandths, virtualMachineInstanceMetrics, wholeUnits } from '@godwit/kinds';

/** What machines use now, by their ids: processor time in thousandths of a core, memory in bytes. */
export type Usages = ReadonlyMap<string, { readonly cpu: number; readonly memory: number }>;

/** Where usages come from. */
export interface Meter {
  read(): Promise<Usages>;
}

/** What the API answers to `kubectl top`. */
export class ApiMeter implements Meter {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async read(): Promise<Usages> {
    const [pods, instances] = await Promise.all([
      this.#client.resource(podMetrics).list(),
      this.#client.resource(virtualMachineInstanceMetrics).list(),
    ]);
    const usages = new Map<string, { cpu: number; memory: number }>();
    for (const { metadata, containers } of pods.items) {
      const cpu = containers.reduce((sum, { usage }) => sum + thousandths(usage.cpu), 0);
      const memory = containers.reduce((sum, { usage }) => sum + wholeUnits(usage.memory), 0);
      usages.set(`pod/${metadata.namespace}/${metadata.name}`, { cpu, memory });
    }
    for (const { metadata, usage } of instances.items) {
      const id = `vmi/${metadata.namespace}/${metadata.name}`;
      usages.set(id, { cpu: thousandths(usage.cpu), memory: wholeUnits(usage.memory) });
    }
    return usages;
  }
}

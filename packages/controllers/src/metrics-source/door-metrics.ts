import type { ApiClient } from '@godwit/client';
import {
  type MachineSelection,
  parseQuantity,
  podMetrics,
  type ValueReader,
  virtualMachineInstanceMetrics,
} from '@godwit/kinds';
import type { MachineSample, MetricsSource } from './metrics-source.ts';
import { valueReader } from './value-source.ts';

interface Measured {
  readonly metadata: { readonly name?: string };
  readonly timestamp?: string;
  readonly window?: string;
}

type Usage = Readonly<Record<string, string | number>> | undefined;

/** Use of resources as the API serves it, everything else by the reader that it was given. */
export class DoorMetrics implements MetricsSource {
  readonly values: ValueReader;
  readonly #client: ApiClient;

  constructor(client: ApiClient, values: ValueReader = valueReader([])) {
    this.#client = client;
    this.values = values;
  }

  async machines({ kind, namespace, selector }: MachineSelection): Promise<readonly MachineSample[]> {
    const options = { namespace, labelSelector: selector };
    if (kind === 'Pod') {
      const { items } = await this.#client.resource(podMetrics).list(options);
      return items.map((item) => sampleOf(item, item.containers));
    }
    const { items } = await this.#client.resource(virtualMachineInstanceMetrics).list(options);
    return items.map((item) => sampleOf(item, [{ name: 'compute', usage: item.usage }]));
  }
}

function sampleOf(
  { metadata, timestamp, window }: Measured,
  parts: readonly { readonly name: string; readonly usage?: Usage }[],
): MachineSample {
  return {
    name: metadata.name ?? '',
    atMs: Date.parse(timestamp ?? ''),
    windowMs: 1000 * Number.parseFloat(window ?? '0'),
    parts: parts.map(({ name, usage }) => ({
      name,
      cpuCores: parseQuantity(usage?.cpu) ?? Number.NaN,
      memoryBytes: parseQuantity(usage?.memory) ?? Number.NaN,
    })),
  };
}

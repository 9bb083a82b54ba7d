import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { parseQuantity, podMetrics, virtualMachineInstanceMetrics } from '@godwit/kinds';
import type { MachineSample, MachineSelection, MetricsSource, ValueQuery, ValueSample } from './metrics-source.ts';

/** Where numbers that are not in the API come from; undefined where it does not know the query. */
export type ValueSource = (query: ValueQuery, signal: AbortSignal) => Promise<readonly ValueSample[]> | undefined;

interface Measured {
  readonly metadata: { readonly name?: string };
  readonly timestamp?: string;
  readonly window?: string;
}

type Usage = Readonly<Record<string, string | number>> | undefined;

/** Use of resources as the API serves it, everything else from the sources that it was given. */
export class DoorMetrics implements MetricsSource {
  readonly #client: ApiClient;
  readonly #sources: readonly ValueSource[];

  constructor(client: ApiClient, sources: readonly ValueSource[] = []) {
    this.#client = client;
    this.#sources = sources;
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

  values(query: ValueQuery, signal: AbortSignal): Promise<readonly ValueSample[]> {
    for (const source of this.#sources) {
      const values = source(query, signal);
      if (values) return values;
    }
    const where = 'metric' in query ? `: say where, with the annotation metrics.godwit.dev/${query.metric}: URL` : '';
    return Promise.reject(new Failure('metric-unknown', `nothing here measures metrics of type ${query.of}${where}`));
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

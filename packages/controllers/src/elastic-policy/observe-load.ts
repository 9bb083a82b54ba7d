import { describeError } from '@godwit/base';
import type { ElasticMetricSpec } from '@godwit/kinds';
import type { ElasticLoad, WhyUnknown } from '@godwit/planner';
import {
  type MachineSample,
  type MetricsSource,
  measuredMachines,
  type ObservedMachines,
  type ValueQuery,
} from '../metrics-source/index.ts';

/** What a metric says now, or why it says nothing. */
export async function observeLoad(
  metric: ElasticMetricSpec,
  machines: ObservedMachines,
  source: MetricsSource,
  nowMs: number,
  signal: AbortSignal,
): Promise<ElasticLoad | { readonly failure: WhyUnknown }> {
  try {
    if (metric.type === 'cpu' || metric.type === 'memory') {
      const samples = await source.machines(machines.selection, signal);
      return useOf(metric.type, machines, samples, nowMs);
    }
    const values = await source.values(queryOf(metric, machines.selection.namespace), signal);
    if (values.length === 0) return { failure: { is: 'no-value' } };
    return { of: sharingOf(metric), value: values.reduce((sum, { value }) => sum + value, 0) };
  } catch (error) {
    return { failure: { is: 'failed', message: describeError(error) } };
  }
}

/** Mean use, in percent of what the machines have; machines without a sample, or not ready, are left out. */
function useOf(
  resource: string,
  machines: ObservedMachines,
  samples: readonly MachineSample[],
  nowMs: number,
): ElasticLoad | { readonly failure: WhyUnknown } {
  let [used, given] = [0, 0];
  for (const { state, value, request } of measuredMachines({ resource }, machines, samples, nowMs)) {
    if (state !== 'ready' || value === undefined || request === undefined) continue;
    used += value;
    given += request;
  }
  return given > 0 ? { of: 'mean', value: (100 * used) / given } : { failure: { is: 'no-sample' } };
}

function sharingOf({ type, sharing }: ElasticMetricSpec): ElasticLoad['of'] {
  return sharing ?? (type === 'latency' ? 'whole' : 'shared');
}

function queryOf({ type, service = '', url = '', query = '', path }: ElasticMetricSpec, namespace: string): ValueQuery {
  if (type === 'prometheus') return { of: 'prometheus', url, query };
  if (type === 'http') return { of: 'http', url, ...(path !== undefined && { path }) };
  return { of: 'object', namespace, kind: 'Service', name: service, metric: type };
}

import { describeError } from '@godwit/base';
import {
  endpointsOf,
  formatLabelSelector,
  type HorizontalPodAutoscaler,
  type MetricSpec,
  metricAddress,
  parseQuantity,
  type ValueQuery,
} from '@godwit/kinds';
import type { HorizontalMetric, HorizontalSample } from '@godwit/planner';
import {
  type MetricsSource,
  measuredMachines,
  type ObservedMachines,
  type ResourceQuery,
  stateOf,
} from '../metrics-source/index.ts';

export interface ObservedMetric {
  readonly name: string;
  readonly metric: HorizontalMetric;
  readonly sample: HorizontalSample;
}

/** Asks for all metrics at once; one that fails is told as that. */
export function observeMetrics(
  scaler: Pick<HorizontalPodAutoscaler, 'spec' | 'metadata'>,
  machines: ObservedMachines,
  source: MetricsSource,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly ObservedMetric[]> {
  return Promise.all(
    (scaler.spec.metrics ?? []).map(async (spec): Promise<ObservedMetric> => {
      const metric = wantedOf(spec);
      const name = nameOfMetric(spec);
      try {
        return { name, metric, sample: await sampleOf(spec, scaler, machines, source, nowMs, signal) };
      } catch (error) {
        return { name, metric, sample: { failure: describeError(error) } };
      }
    }),
  );
}

/** What a metric is called in events and records. */
export function nameOfMetric(spec: MetricSpec): string {
  const resource = spec.resource ?? spec.containerResource;
  if (resource) return 'container' in resource ? `${resource.name} of ${resource.container}` : resource.name;
  return (spec.pods ?? spec.object ?? spec.external)?.metric.name ?? spec.type;
}

function wantedOf(spec: MetricSpec): HorizontalMetric {
  const target = (spec.resource ?? spec.containerResource ?? spec.pods ?? spec.object ?? spec.external)?.target;
  const amount = (quantity: string | number | undefined) => parseQuantity(quantity) ?? Number.NaN;
  if (target?.averageUtilization !== undefined)
    return { of: 'machines', wanted: { utilization: target.averageUtilization } };
  if (spec.type === 'Object' || spec.type === 'External') {
    return target?.averageValue === undefined
      ? { of: 'value', wanted: amount(target?.value) }
      : { of: 'share', wanted: amount(target.averageValue) };
  }
  return { of: 'machines', wanted: { average: amount(target?.averageValue) } };
}

async function sampleOf(
  spec: MetricSpec,
  scaler: Pick<HorizontalPodAutoscaler, 'metadata'>,
  machines: ObservedMachines,
  source: MetricsSource,
  nowMs: number,
  signal: AbortSignal,
): Promise<HorizontalSample> {
  const { resource, containerResource } = spec;
  if (resource) return ofResource({ resource: resource.name }, machines, source, nowMs, signal);
  if (containerResource) {
    const { name, container } = containerResource;
    return ofResource({ resource: name, container }, machines, source, nowMs, signal);
  }
  const query = queryOf(spec, machines, scaler);
  const values = await source.values(query, signal);
  if (query.of !== 'machines') {
    if (values.length === 0) return { failure: 'the metric has no value' };
    return { value: values.reduce((sum, { value }) => sum + value, 0) };
  }
  const byName = new Map(values.map(({ name = '', value }) => [name, value]));
  const states = [
    ...machines.pods.map((pod) => ({ name: pod.metadata.name, state: stateOf(pod, undefined, '', nowMs) })),
    ...machines.instances,
  ];
  return {
    machines: states.map(({ name, state }) => {
      const value = byName.get(name);
      return { name, state, ...(value !== undefined && { value }) };
    }),
  };
}

async function ofResource(
  query: ResourceQuery,
  machines: ObservedMachines,
  source: MetricsSource,
  nowMs: number,
  signal: AbortSignal,
): Promise<HorizontalSample> {
  const samples = await source.machines(machines.selection, signal);
  return { machines: measuredMachines(query, machines, samples, nowMs) };
}

function queryOf(
  { pods, object, external }: MetricSpec,
  machines: ObservedMachines,
  scaler: Pick<HorizontalPodAutoscaler, 'metadata'>,
): ValueQuery {
  const { selection } = machines;
  const { namespace } = selection;
  const of = (metric: NonNullable<typeof pods>['metric'] | undefined) => ({
    metric: metric?.name ?? '',
    ...(metric?.selector && { selector: formatLabelSelector(metric.selector) }),
  });
  if (pods) {
    const endpoints = endpointsOf([...machines.pods, ...machines.instances.map((instance) => instance.object)]);
    return { of: 'machines', machines: selection, endpoints, ...of(pods.metric) };
  }
  const url = metricAddress(scaler, (object ?? external)?.metric.name ?? '');
  const told = url === undefined ? {} : { url };
  if (object) {
    const { kind, name } = object.describedObject;
    return { of: 'object', namespace, kind, name, ...of(object.metric), ...told };
  }
  return { of: 'outside', namespace, ...of(external?.metric), ...told };
}

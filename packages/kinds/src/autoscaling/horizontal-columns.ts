import { countColumn, NONE, textColumn } from '../columns/index.ts';
import { canonicalQuantity } from '../exact-quantity.ts';
import type { Column } from '../machinery/index.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import type { MetricStatus } from './horizontal-status.ts';
import type { MetricSpec, MetricTarget } from './metric-spec.ts';

const UNKNOWN = '<unknown>';
/** How many metrics are shown before the rest is counted. */
const SHOWN = 2;

export const horizontalColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  textColumn('Reference', 'What is scaled.', ({ spec }: HorizontalPodAutoscaler) => {
    const { kind, name } = spec.scaleTargetRef;
    return `${kind}/${name}`;
  }),
  textColumn('Targets', 'What the metrics are like, and are to be like.', targets),
  textColumn('MinPods', 'Fewest machines.', ({ spec }) => String(spec.minReplicas ?? '<unset>')),
  countColumn('MaxPods', 'Most machines.', ({ spec }) => spec.maxReplicas),
  countColumn('Replicas', 'How many there are.', ({ status }) => status?.currentReplicas ?? 0),
];

function targets({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return NONE;
  const shown = metrics.slice(0, SHOWN).map((metric, index) => cell(metric, status?.currentMetrics?.[index]));
  const more = metrics.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` + ${more} more...` : '');
}

type Source = NonNullable<MetricSpec['external']>;
type Current = NonNullable<MetricStatus['external']>['current'];

function cell(metric: MetricSpec, found: MetricStatus | undefined): string {
  const resource = metric.resource ?? metric.containerResource;
  const current = found?.resource ?? found?.containerResource ?? found?.pods ?? found?.object ?? found?.external;
  if (resource) return `${resource.name}: ${ratio(resource.target, current?.current)}`;
  const source: Source | undefined = metric.pods ?? metric.object ?? metric.external;
  if (!source) return `${UNKNOWN}/${UNKNOWN}`;
  const average = source.target.type === 'AverageValue' && metric.type !== 'Pods' ? ' (avg)' : '';
  return ratio(source.target, current?.current) + average;
}

function ratio(target: MetricTarget, current: Current | undefined): string {
  if (target.averageUtilization !== undefined) {
    const found = current?.averageUtilization;
    return `${found === undefined ? UNKNOWN : `${found}%`}/${target.averageUtilization}%`;
  }
  const average = target.averageValue !== undefined;
  const found = average ? current?.averageValue : current?.value;
  const wanted = average ? target.averageValue : target.value;
  return `${found === undefined ? UNKNOWN : canonicalQuantity(found)}/${wanted === undefined ? '<auto>' : wanted}`;
}

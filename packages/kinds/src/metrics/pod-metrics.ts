import {
  defineKind,
  filled,
  type KindOf,
  listOf,
  type ObjectMeta,
  object,
  type Static,
  string,
} from '../machinery/index.ts';
import { metricsName } from '../shared/openapi-names.ts';
import type { PartUsage } from './host-usage.ts';
import { measuredVerbs, usageColumns, usageField, usageOf, windowFields, windowOf } from './measured-fields.ts';

const containerUsage = object(
  { name: filled(string('Name of the container.')), usage: usageField },
  'What one container uses.',
  metricsName('ContainerMetrics'),
);

const body = object({
  ...windowFields,
  containers: filled(listOf(containerUsage, 'Use of each container that runs.')),
});

export type PodMetrics = KindOf<Static<typeof body>>;

export const podMetrics = defineKind({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  hasGeneration: false,
  description: 'What a pod uses: what `kubectl top pod` shows.',
  verbs: measuredVerbs,
  columns: usageColumns<PodMetrics>(({ containers }) => containers.map(({ usage }) => usage)),
  body,
});

/** `parts`: at least one, all measured over the same time. */
export function podMetricsOf(metadata: ObjectMeta, parts: readonly [PartUsage, ...PartUsage[]]): PodMetrics {
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata,
    ...windowOf(parts[0]),
    containers: parts.map((part) => ({ name: part.name, usage: usageOf(part) })),
  };
}

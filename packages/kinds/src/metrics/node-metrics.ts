import { defineKind, type KindOf, type ObjectMeta, object, type Static } from '../machinery/index.ts';
import type { MeasuredUsage } from './host-usage.ts';
import { measuredVerbs, usageColumns, usageField, usageOf, windowFields, windowOf } from './measured-fields.ts';

const body = object({ ...windowFields, usage: usageField });

export type NodeMetrics = KindOf<Static<typeof body>>;

export const nodeMetrics = defineKind({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  namespaced: false,
  hasGeneration: false,
  description: 'What a host uses, all that runs on it counted: what `kubectl top node` shows.',
  verbs: measuredVerbs,
  columns: usageColumns<NodeMetrics>(({ usage }) => [usage]),
  body,
});

export function nodeMetricsOf(metadata: ObjectMeta, usage: MeasuredUsage): NodeMetrics {
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata,
    ...windowOf(usage),
    usage: usageOf(usage),
  };
}

import {
  type Draft,
  defineKind,
  int32,
  type KindOf,
  listOf,
  object,
  required,
  type Static,
} from '../machinery/index.ts';
import { autoscalingName } from '../shared/openapi-names.ts';
import { behavior, defaultRules } from './behavior.ts';
import { horizontalColumns } from './horizontal-columns.ts';
import { status } from './horizontal-status.ts';
import { validateHorizontal } from './horizontal-validation.ts';
import { crossVersionReference, metricSpec } from './metric-spec.ts';

/** Everything that an autoscaler says but of whom. */
export const horizontalRules = {
  minReplicas: int32('Fewest machines; 1 by default.'),
  maxReplicas: required(int32('Most machines.')),
  metrics: listOf(metricSpec, 'What is measured; the one that asks for most machines counts.'),
  behavior,
};

const spec = object(
  { scaleTargetRef: required(crossVersionReference), ...horizontalRules },
  'What is scaled, between what, by what.',
  autoscalingName('HorizontalPodAutoscalerSpec'),
);

const body = object({ spec: required(spec), status });
export type HorizontalPodAutoscaler = KindOf<Static<typeof body>>;

export const horizontalPodAutoscaler = defineKind({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  description: 'Keeps as many machines of a workload as its metrics ask for.',
  body,
  subresources: { status: true },
  defaults,
  validate: ({ spec: given }) => validateHorizontal(given),
  columns: horizontalColumns,
});

function defaults(draft: Draft<HorizontalPodAutoscaler>): void {
  const given = draft.spec;
  given.minReplicas ??= 1;
  if ((given.metrics ?? []).length === 0) {
    given.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ];
  }
  for (const side of ['scaleUp', 'scaleDown'] as const) {
    if (!given.behavior) break;
    const rules = given.behavior[side] ?? {};
    const usual = structuredClone(defaultRules[side]) as unknown as Draft<typeof rules>;
    given.behavior[side] = { ...usual, ...rules };
  }
  draft.status = { ...draft.status, desiredReplicas: draft.status?.desiredReplicas ?? 0 };
}

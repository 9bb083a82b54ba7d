import { behavior } from '../autoscaling/behavior.ts';
import { crossVersionReference } from '../autoscaling/metric-spec.ts';
import { countColumn, textColumn, wide } from '../columns/index.ts';
import {
  type Column,
  defineKind,
  described,
  int32,
  int64,
  type KindOf,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { condition } from '../shared/condition.ts';
import { elasticMetric } from './elastic-metric.ts';
import { elasticSchedule } from './elastic-schedule.ts';
import { validateElasticPolicy } from './elastic-validation.ts';
import { metricCell } from './metric-text.ts';

/** More than this is a slip. */
const MOST_MACHINES = 1_000_000;

const sizes = object(
  {
    minimum: required(quantity('Least size of a machine; a unit is a machine of this size.')),
    maximum: required(quantity('Largest size of a machine.')),
    step: quantity('Sizes are multiples of this; 1 core or 128Mi by default.'),
  },
  'Between what one resource of a machine may change.',
);

/** Everything that a policy says but of whom. */
export const elasticRules = {
  out: object(
    {
      minReplicas: int32('Fewest machines; 1 by default, 0 lets it sleep.', { minimum: 0 }),
      maxReplicas: required(int32('Most machines.', { minimum: 1, maximum: MOST_MACHINES })),
    },
    'Between what the number of machines may change; absent: their number stays.',
  ),
  up: object({ cpu: sizes, memory: sizes }, 'What of a machine may change while it runs; absent: their size stays.'),
  prefer: oneOf(['out', 'up'], 'What is done first when more is needed; out by default.'),
  metrics: required(
    listOf(elasticMetric, 'What is measured; of each resource the largest demand counts.', {
      keys: ['name'],
      minItems: 1,
    }),
  ),
  behavior: described(behavior, 'How quickly may be scaled, in units. Up at once, down after 60 s by default.'),
  schedules: listOf(elasticSchedule, 'Times with bounds of their own; of several that are on the last counts.', {
    keys: ['name'],
  }),
  startSeconds: int32('From the order until a new machine serves: how far forecasts look; 60 by default.', {
    minimum: 1,
    maximum: 3600,
  }),
  idleSeconds: int32('How long nothing must have been wanted before the last machine goes; 300 by default.', {
    minimum: 0,
    maximum: 3600,
  }),
  lost: object(
    {
      afterSeconds: required(int32('How long no metric could be told.', { minimum: 1, maximum: 604_800 })),
      replicas: required(int32('How many machines there are to be then.', { minimum: 0 })),
    },
    'What to do without any metric; absent: nothing changes.',
  ),
};

const spec = object(
  {
    targetRef: required(
      described(crossVersionReference, 'Anything with a number of machines, or a VirtualMachine, or a Pod.'),
    ),
    ...elasticRules,
  },
  'What is scaled, between what, by what.',
);
export type ElasticPolicySpec = Static<typeof spec>;

const status = object(
  {
    observedGeneration: int64('Generation that was last acted on.'),
    replicas: int32('How many machines there are.'),
    desiredReplicas: int32('How many there should be.'),
    sizes: mapOf(quantity(), 'How large each is, by resource.'),
    desiredSizes: mapOf(quantity(), 'How large each should be.'),
    metrics: listOf(
      object({
        name: required(string('Name of the metric.')),
        value: quantity('What was measured last.'),
        failure: string('Why nothing was measured.'),
      }),
      'What was found.',
      { keys: ['name'] },
    ),
    lastScaleTime: time('When something was last changed.'),
    conditions: listOf(condition, 'How the policy stands.', { keys: ['type'] }),
  },
  'What was found, and what came of it.',
);
export type ElasticPolicyStatus = Static<typeof status>;

const body = object({ spec: required(spec), status });
export type ElasticPolicy = KindOf<Static<typeof body>>;

const columns: readonly Column<ElasticPolicy>[] = [
  textColumn(
    'Target',
    'What is scaled.',
    ({ spec: { targetRef } }: ElasticPolicy) => `${targetRef.kind}/${targetRef.name}`,
  ),
  textColumn('Metrics', 'What was measured, and what is wanted.', ({ spec: given, status: found }) =>
    given.metrics
      .map((metric) => metricCell(metric, found?.metrics?.find(({ name }) => name === metric.name)?.value))
      .join(', '),
  ),
  textColumn('Out', 'Fewest and most machines.', ({ spec: { out } }) =>
    out ? `${out.minReplicas ?? 1}-${out.maxReplicas}` : '-',
  ),
  countColumn('Replicas', 'How many there are.', ({ status: found }) => found?.replicas ?? 0),
  textColumn('Size', 'How large each is.', ({ status: found }) =>
    Object.entries(found?.sizes ?? {})
      .map(([name, size]) => `${name} ${size}`)
      .join(', '),
  ),
  wide(
    textColumn('Why', 'Why it stands as it does.', ({ status: found }) => {
      const said = (type: string) => found?.conditions?.find((one) => one.type === type);
      const able = said('AbleToScale');
      return (able?.status === 'False' ? able : said('ScalingActive'))?.message ?? '';
    }),
  ),
];

/**
 * A target belongs to one policy: a HorizontalPodAutoscaler goes before every ElasticPolicy, and of those the
 * oldest, by name where they are as old, counts.
 */
export const elasticPolicy = defineKind({
  group: 'godwit.dev',
  version: 'v1alpha1',
  kind: 'ElasticPolicy',
  plural: 'elasticpolicies',
  shortNames: ['elastic'],
  description: 'Keeps as many machines, and as large ones, as their metrics ask for.',
  body,
  subresources: { status: true },
  validate: ({ spec: given }) => validateElasticPolicy(given),
  columns,
});

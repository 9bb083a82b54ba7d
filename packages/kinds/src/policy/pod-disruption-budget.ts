import { countColumn, textColumn } from '../columns/index.ts';
import { countOf, isPercentage } from '../int-or-string.ts';
import {
  defineKind,
  int32,
  int64,
  intOrString,
  type KindOf,
  listOf,
  mapOf,
  object,
  oneOf,
  type Static,
  time,
} from '../machinery/index.ts';
import { condition } from '../shared/condition.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { policyName } from '../shared/openapi-names.ts';
import { Faults, validateLabelSelector } from '../validation/index.ts';

const body = object({
  spec: object(
    {
      minAvailable: intOrString('Fewest that must be there, as a number or percentage.'),
      selector: { ...labelSelector, json: { ...labelSelector.json, 'x-kubernetes-patch-strategy': 'replace' } },
      maxUnavailable: intOrString('Most that may be away, as a number or percentage.'),
      unhealthyPodEvictionPolicy: oneOf(
        ['IfHealthyBudget', 'AlwaysAllow'],
        'Whether machines that are not healthy may always go.',
      ),
    },
    'What must hold.',
    policyName('PodDisruptionBudgetSpec'),
  ),
  status: object(
    {
      observedGeneration: int64('Generation that the status was set for.'),
      disruptedPods: mapOf(time(), 'Pods that were told to go and are still there.'),
      disruptionsAllowed: int32('How many may go now.'),
      currentHealthy: int32('How many are healthy.'),
      desiredHealthy: int32('How many must be healthy.'),
      expectedPods: int32('How many are counted.'),
      conditions: listOf(condition, 'How the budget stands.', { keys: ['type'] }),
    },
    'How the budget stands.',
    policyName('PodDisruptionBudgetStatus'),
  ),
});

export type PodDisruptionBudget = KindOf<Static<typeof body>>;

export const podDisruptionBudget = defineKind({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  description: 'How many of some machines may be away at a time.',
  body,
  validate: ({ spec }) => {
    const faults = new Faults();
    const { minAvailable, maxUnavailable } = spec ?? {};
    if (minAvailable !== undefined && maxUnavailable !== undefined) {
      faults.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set');
    }
    for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
      if (typeof value === 'number') faults.within(`spec.${field}`, value, 0);
      else if (value !== undefined && (!isPercentage(value) || countOf(value, 100, 'up') > 100)) {
        faults.invalid(
          `spec.${field}`,
          value,
          "must be a whole number or a percentage of at most 100% (such as '25%')",
        );
      }
    }
    validateLabelSelector(spec?.selector, 'spec.selector', faults);
    return faults.causes;
  },
  columns: [
    textColumn('Min Available', 'Fewest that must be there.', (item: PodDisruptionBudget) =>
      String(item.spec?.minAvailable ?? 'N/A'),
    ),
    textColumn('Max Unavailable', 'Most that may be away.', (item: PodDisruptionBudget) =>
      String(item.spec?.maxUnavailable ?? 'N/A'),
    ),
    countColumn(
      'Allowed Disruptions',
      'How many may go now.',
      (item: PodDisruptionBudget) => item.status?.disruptionsAllowed ?? 0,
    ),
  ],
  subresources: { status: true },
});

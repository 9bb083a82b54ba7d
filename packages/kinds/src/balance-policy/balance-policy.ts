import { countColumn, textColumn, wide } from '../columns/index.ts';
import { defineKind, filled, type KindOf, object, type Static } from '../machinery/index.ts';
import { impossibleLabel } from '../selectors/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { eachItem, Faults, validateLabelSelector } from '../validation/index.ts';
import { balance } from './balance.ts';
import { placement, validatePlacement } from './placement.ts';
import { power } from './power.ts';
import { reserve } from './reserve.ts';
import { rightSize } from './right-size.ts';
import { status } from './status.ts';

/** What a policy says, whichever hosts it is for. */
export const policyParts = { placement, balance, power, reserve, rightSize };

const spec = object(
  {
    hostSelector: { ...labelSelector, json: { ...labelSelector.json, 'x-kubernetes-patch-strategy': 'replace' } },
    ...policyParts,
  },
  'How the hosts are used.',
);
export type BalancePolicySpec = Static<typeof spec>;

const body = object({ spec: filled(spec), status });
export type BalancePolicy = KindOf<Static<typeof body>>;

/** What is wrong with a policy, whichever hosts it is for: in parts, and where parts contradict each other. */
export function validatePolicyParts(
  { placement: where, balance: moves, power: switching }: Omit<BalancePolicySpec, 'hostSelector'>,
  path: string,
  faults: Faults,
): void {
  if (where) validatePlacement(where, `${path}.placement`, faults);
  if (switching?.mode === 'automatic' && (where?.strategy ?? 'spread') === 'spread') {
    faults.invalid(`${path}.power.mode`, switching.mode, 'no host is ever empty where placement.strategy is spread');
  }
  if (moves?.mode === 'automatic' && moves.maximumMovesPerHour === 0) {
    faults.invalid(`${path}.balance.maximumMovesPerHour`, 0, 'must be more than 0 where balance.mode is automatic');
  }
}

/** A policy speaks of the hosts that it selects, and of no others. */
function validateReach({ hostSelector, placement: where }: BalancePolicySpec, faults: Faults): void {
  eachItem(where?.isolation?.dedicated, 'spec.placement.isolation.dedicated', ({ nodeSelector }, at) => {
    const both = {
      ...hostSelector,
      matchExpressions: [...(hostSelector?.matchExpressions ?? []), ...toExpressions(nodeSelector)],
    };
    const label = impossibleLabel(both);
    if (label !== undefined)
      faults.invalid(
        `${at}.nodeSelector`,
        nodeSelector,
        `no host of this policy has these labels: \`hostSelector\` excludes ${label}`,
      );
  });
}

const toExpressions = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));

/** A host belongs to one policy: one that selects it by label before one for all, then the oldest, then by name. */
export const balancePolicy = defineKind({
  group: 'godwit.dev',
  version: 'v1alpha1',
  kind: 'BalancePolicy',
  plural: 'balancepolicies',
  shortNames: ['bp'],
  namespaced: false,
  description: 'How hosts are used: placement, moves, power, what is kept free for failures, and sizes.',
  body,
  subresources: { status: true },
  defaults: (draft) => {
    draft.spec ??= {};
  },
  validate: ({ spec: given }) => {
    const faults = new Faults();
    validateLabelSelector(given.hostSelector, 'spec.hostSelector', faults);
    const impossible = impossibleLabel(given.hostSelector);
    if (impossible !== undefined)
      faults.invalid(
        'spec.hostSelector',
        given.hostSelector,
        `no host is selected: it contradicts itself about ${impossible}`,
      );
    else validateReach(given, faults);
    validatePolicyParts(given, 'spec', faults);
    return faults.causes;
  },
  columns: [
    textColumn(
      'Strategy',
      'Where machines are put.',
      (item: BalancePolicy) => item.spec.placement?.strategy ?? 'spread',
    ),
    textColumn('Balance', 'Whether machines are moved.', (item: BalancePolicy) => item.spec.balance?.mode ?? 'advise'),
    textColumn('Power', 'Whether hosts are switched.', (item: BalancePolicy) => item.spec.power?.mode ?? 'advise'),
    countColumn('Hosts', 'Hosts that it governs.', (item: BalancePolicy) => item.status?.hosts ?? 0),
    countColumn('On', 'Hosts that are on.', (item: BalancePolicy) => item.status?.hostsOn ?? 0),
    wide(textColumn('Plan', 'What became of the last plan.', (item: BalancePolicy) => item.status?.plan?.why ?? '')),
  ],
});

import { countColumn, textColumn, wide } from '../columns/index.ts';
import { defineKind, filled, type KindOf, object, type Static } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { Faults, validateLabelSelector } from '../validation/index.ts';
import { balance } from './balance.ts';
import { placement, validatePlacement } from './placement.ts';
import { power } from './power.ts';
import { reserve } from './reserve.ts';
import { rightSize } from './right-size.ts';
import { status } from './status.ts';

const spec = object(
  {
    hostSelector: { ...labelSelector, json: { ...labelSelector.json, 'x-kubernetes-patch-strategy': 'replace' } },
    placement,
    balance,
    power,
    reserve,
    rightSize,
  },
  'How the hosts are used.',
);
export type BalancePolicySpec = Static<typeof spec>;

const body = object({ spec: filled(spec), status });
export type BalancePolicy = KindOf<Static<typeof body>>;

function contradictions(
  { placement: where, balance: moves, power: switching }: BalancePolicySpec,
  faults: Faults,
): void {
  if (switching?.mode === 'automatic' && (where?.strategy ?? 'spread') === 'spread') {
    faults.invalid('spec.power.mode', switching.mode, 'no host is ever empty where placement.strategy is spread');
  }
  if (moves?.mode === 'automatic' && moves.maximumMovesPerHour === 0) {
    faults.invalid('spec.balance.maximumMovesPerHour', 0, 'must be more than 0 where balance.mode is automatic');
  }
}

/** A host belongs to one policy: of those that select it, the oldest, and by name where they are as old. */
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
    if (given.placement) validatePlacement(given.placement, 'spec.placement', faults);
    contradictions(given, faults);
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

import type { BalancePolicySpec, ScenarioAutoscale, ScenarioPolicy } from '@godwit/kinds';
import { GoverningPolicy, type Policy, settingsOf } from '@godwit/planner';

/** A BalancePolicy as it is to be made. */
export interface PolicyObject {
  readonly name: string;
  readonly spec: BalancePolicySpec;
}

/** A way to use the hosts, to be compared with others. */
export interface PlannedPolicy {
  readonly name: string;
  /** The BalancePolicies that say so, the oldest first; none where machines are only spread. */
  readonly objects: readonly PolicyObject[];
  /** Whether it plans moves or switching and leaves them to people: then nothing of it happens. */
  readonly advises: boolean;
  /** By which machines are placed. */
  readonly placing: Policy;
  /** How long hosts take to start. */
  readonly wakeMs: number;
  /** Groups that are scaled in another way than they say themselves. */
  readonly scalers: ReadonlyMap<string, ScenarioAutoscale>;
}

/** What the policy of a cloud that is there is called. */
export const asItIs = 'as it is';

/** What a cloud without any BalancePolicy does. */
const SPREAD: ScenarioPolicy = { name: 'spread' };
const OFF = { mode: 'off' } as const;

/** The policies of a scenario; and first that of the cloud itself, where one is known. */
export function policiesOf(
  given: readonly ScenarioPolicy[] | undefined,
  known: readonly PolicyObject[] | undefined,
): readonly PlannedPolicy[] {
  const first = known ? [plannedPolicy(asItIs, known)] : [];
  const others = given ?? (known ? [] : [SPREAD]);
  return [
    ...first,
    ...others.map((policy) => {
      const scalers = new Map(policy.autoscale?.map(({ machines, ...scaler }) => [machines, scaler]));
      return plannedPolicy(policy.name, objectsOf(policy), scalers);
    }),
  ];
}

function plannedPolicy(
  name: string,
  objects: readonly PolicyObject[],
  scalers: PlannedPolicy['scalers'] = new Map(),
): PlannedPolicy {
  const kinds = objects.map(({ name: object, spec }, age) => ({
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'BalancePolicy',
    metadata: { name: object, creationTimestamp: new Date(1000 * age).toISOString() },
    spec,
  }));
  const placing = { ...new GoverningPolicy().of(kinds), name };
  const wakeMs = 1000 * Math.max(...objects.map(({ spec }) => settingsOf(spec).wakeSeconds), 0);
  const advises = objects.some(({ spec: { balance, power } }) =>
    [balance, power].some((part) => (part?.mode ?? 'advise') === 'advise'),
  );
  return { name, objects, advises, placing, wakeMs, scalers };
}

/** What a scenario does not speak of is off: advice that nobody follows changes nothing, and takes its time. */
function objectsOf({ placement, balance, power, reserve, rightSize }: ScenarioPolicy): readonly PolicyObject[] {
  if ([placement, balance, power, reserve, rightSize].every((part) => part === undefined)) return [];
  const spec: BalancePolicySpec = {
    ...(placement && { placement }),
    balance: balance ?? OFF,
    power: power ?? OFF,
    rightSize: rightSize ?? OFF,
    ...(reserve && { reserve }),
  };
  return [{ name: 'rehearsed', spec }];
}

import { type BalancePolicy, type BalancePolicyStatus, binaryQuantity, type Stored } from '@godwit/kinds';
import {
  type BalancePlan,
  type BalanceSettings,
  type BusyHost,
  type MachineSize,
  type PowerPlan,
  type Recommendation,
  type Situation,
  type Waste,
  whyInEnglish,
} from '@godwit/planner';
import { policyConditions } from './policy-conditions.ts';
import type { StorageAdvice } from './storage-advice.ts';
import { whyKept, whyPlan } from './words.ts';

/** Most lines of a list in a status: the rest is counted. */
const LISTED = 100;

/** A size that should change. */
export interface SizeAdvice {
  readonly id: string;
  readonly current: MachineSize;
  readonly recommended: Recommendation;
}

export interface PolicyFacts {
  readonly policy: Stored<BalancePolicy>;
  readonly situation: Situation;
  readonly plan: BalancePlan;
  readonly power: PowerPlan;
  readonly settings: BalanceSettings;
  /** Hosts that are not emptied. */
  readonly busy: readonly BusyHost[];
  readonly storage: StorageAdvice;
  /** Whether the plan was carried out, and what came in the way. */
  readonly carriedOut: boolean;
  readonly hindrance?: string;
  readonly watts: number;
  readonly sizes: readonly SizeAdvice[];
  readonly waste: Waste;
  /** Older policies that govern some of the hosts that it selects. */
  readonly lostTo: readonly string[];
  /** RFC 3339. */
  readonly now: string;
}

/** What the status should say. Pure. */
export function policyStatus(facts: PolicyFacts): BalancePolicyStatus {
  const { policy, situation, watts, waste } = facts;
  return {
    observedGeneration: policy.metadata.generation ?? 0,
    hosts: situation.hosts.length,
    hostsOn: situation.hosts.filter(({ power }) => power === 'on').length,
    watts: Math.round(watts),
    plan: planStatus(facts),
    recommendations: facts.sizes.flatMap(recommendationsOf).slice(0, LISTED),
    // Without a machine that was watched for long enough it is not known.
    ...(facts.sizes.length > 0 && { waste: wasteStatus(waste) }),
    conditions: policyConditions(facts),
  };
}

function wasteStatus({ cores, gib, watts, costPerHour }: Waste): NonNullable<BalancePolicyStatus['waste']> {
  return {
    cores: rounded(cores),
    gib: rounded(gib),
    watts: Math.round(watts),
    ...(costPerHour !== undefined && { costPerHour: rounded(costPerHour) }),
  };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

function planStatus({
  situation,
  plan,
  power,
  settings,
  busy,
  storage,
  carriedOut,
  hindrance,
  now,
}: PolicyFacts): NonNullable<BalancePolicyStatus['plan']> {
  const { hosts, machines } = situation;
  const nameOf = (host: number) => hosts[host]?.name ?? '';
  const switched = [
    ...power.wake.map((step) => ({ ...step, action: 'wake' as const })),
    ...power.sleep.map((step) => ({ ...step, action: 'sleep' as const })),
  ];
  const found = plan.moves.length + switched.length > 0;
  const rejected = [plan.relief, plan.order].some(({ verdict }) => verdict !== 'good' && verdict !== 'nothing');
  const kept = busy.map((each) => ({ host: nameOf(each.host), why: whyKept(each, situation, settings) }));
  const [first] = kept.map(({ host, why }) => `${host}: ${why}`);
  const told = situation.hosts.length === 0 ? 'it governs no host' : whyPlan(plan, first);
  const outcome = found ? (carriedOut ? 'carried-out' : 'proposed') : rejected ? 'rejected' : 'nothing';
  return {
    time: now,
    outcome,
    why: hindrance ? `${told}; ${hindrance}` : told,
    gain: Math.round(plan.relief.gain + plan.order.gain),
    cost: Math.round(plan.relief.cost + plan.order.cost),
    moves: plan.moves.slice(0, LISTED).map(({ machine, from, to, why }) => ({
      machine: machines[machine]?.id ?? '',
      from: nameOf(from),
      to: nameOf(to),
      why: whyInEnglish({ is: why }),
    })),
    moveCount: plan.moves.length,
    volumes: storage.moves.slice(0, LISTED),
    power: switched
      .slice(0, LISTED)
      .map(({ host, action, why }) => ({ host: nameOf(host), action, why: whyInEnglish({ is: why }) })),
    kept: kept.slice(0, LISTED),
  };
}

function recommendationsOf({
  id,
  current,
  recommended,
}: SizeAdvice): NonNullable<BalancePolicyStatus['recommendations']> {
  return recommended.changes.map((resource) => ({
    machine: id,
    resource,
    current: sizeText(resource, current[resource]),
    recommended: sizeText(resource, recommended[resource]),
  }));
}

const sizeText = (resource: 'cpu' | 'memory', amount: number) =>
  resource === 'cpu' ? `${Math.ceil(amount)}m` : binaryQuantity(Math.ceil(amount / 2 ** 20) * 2 ** 20);

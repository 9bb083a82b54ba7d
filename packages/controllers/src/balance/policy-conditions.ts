import type { Condition } from '@godwit/kinds';
import type { PolicyFacts } from './policy-status.ts';
import { whyReserveLacks } from './words.ts';

/** Most names that a message lists. */
const NAMED = 5;

/** How a policy stands, for people and programs. Pure. */
export function policyConditions(facts: PolicyFacts): readonly Condition[] {
  // Of a policy that governs nothing there is nothing else to say.
  if (facts.situation.hosts.length === 0) return [inForce(facts)];
  return [inForce(facts), reserveHolds(facts), relieved(facts), storageFits(facts)];
}

function condition(
  { policy, now }: PolicyFacts,
  type: string,
  holds: boolean,
  reason: string,
  message: string,
): Condition {
  const status = holds ? 'True' : 'False';
  const before = policy.status?.conditions?.find((one) => one.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
  const observedGeneration = policy.metadata.generation ?? 0;
  return { type, status, reason, message, observedGeneration, lastTransitionTime };
}

function inForce(facts: PolicyFacts): Condition {
  const { situation, lostTo } = facts;
  const holds = situation.hosts.length > 0;
  if (lostTo.length > 0) {
    const message = `${holds ? 'some' : 'all'} of its hosts are those of policies that go before it: ${lostTo.join(', ')}`;
    return condition(facts, 'InForce', holds, 'Overlaps', message);
  }
  return holds
    ? condition(facts, 'InForce', true, 'Governs', 'all hosts that it selects are governed by it')
    : condition(facts, 'InForce', false, 'NoHosts', 'no host is selected');
}

function reserveHolds(facts: PolicyFacts): Condition {
  const { plan, situation } = facts;
  const holds = 'what may fail can fail: there is room for all machines elsewhere';
  return plan.gap === undefined
    ? condition(facts, 'ReserveHolds', true, 'Enough', holds)
    : condition(facts, 'ReserveHolds', false, 'TooLittle', whyReserveLacks(plan.gap, situation, NAMED));
}

function relieved(facts: PolicyFacts): Condition {
  const { plan, situation } = facts;
  if (plan.stuck.length === 0)
    return condition(facts, 'Relieved', true, 'EnoughRoom', 'no machine lacks a better host');
  const names = plan.stuck.slice(0, NAMED).map((machine) => situation.machines[machine]?.id);
  return condition(facts, 'Relieved', false, 'NoRoom', `should move, and no host takes them: ${names.join(', ')}`);
}

function storageFits(facts: PolicyFacts): Condition {
  const { full } = facts.storage;
  if (full.length === 0) {
    const message = 'no host gives out more storage than the policy allows, or volumes can move away';
    return condition(facts, 'StorageFits', true, 'EnoughRoom', message);
  }
  const names = full.slice(0, NAMED).join(', ');
  const message = `give out more storage than the policy allows, and no volume of theirs fits elsewhere: ${names}`;
  return condition(facts, 'StorageFits', false, 'NoRoom', message);
}

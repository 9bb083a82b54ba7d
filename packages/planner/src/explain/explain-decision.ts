import { counted } from '@godwit/base';
import type { Decision } from '../decision.ts';
import { type Reason, reasons } from '../reason.ts';

/** What each reason says of a group of hosts: `2 lacked free memory`. */
const PAST: Readonly<Record<Exclude<Reason, typeof reasons.passes>, string>> = {
  [reasons.isNotReady]: 'did not run',
  [reasons.isAsleep]: 'slept',
  [reasons.hasOtherPolicy]: 'had another policy',
  [reasons.isUnschedulable]: 'were cordoned',
  [reasons.lacksCpu]: 'lacked free processors',
  [reasons.lacksMemory]: 'lacked free memory',
  [reasons.lacksPods]: 'had as many machines as they take',
  [reasons.lacksDevices]: 'lacked a device or another resource',
  [reasons.portIsTaken]: 'had the port taken',
  [reasons.selectorDoesNotMatch]: 'did not match the node selector or affinity',
  [reasons.hasTaint]: 'had a taint that is not tolerated',
  [reasons.doesNotReachVolume]: 'did not reach a volume',
  [reasons.hasNoFriends]: 'had none of the machines that it must be near to',
  [reasons.hasFoes]: 'had a machine that it must be far from',
  [reasons.isKeptAway]: 'had a machine that keeps it away',
  [reasons.wouldSpreadUnevenly]: 'would have been given too many of its group',
  [reasons.hasNoTopologyLabel]: 'lacked the label that says which place they are',
  [reasons.lacksGpus]: 'lacked free GPUs',
  [reasons.lacksCores]: "lacked cores that are nobody else's",
  [reasons.hasOtherTenant]: 'had other tenants or belonged to one',
  [reasons.hasOtherArchitecture]: 'had processors of another architecture',
};

/** What a reason says of the hosts that it turned down; records may hold one of a later version. */
export function reasonInWords(reason: number): string {
  return (PAST as Readonly<Record<number, string>>)[reason] ?? `were turned down (reason ${reason})`;
}

/** A decision in sentences, for `godwit why` and the console. */
export function explainDecision(decision: Decision): string {
  const { host, score, of: count, policy, next = [], no = [] } = decision;
  const points = (value: number) => `${Math.round(value * 100)} of 100 points`;
  const sentences = [`${host} was chosen from ${counted(count, 'host')} with ${points(score)} (policy ${policy}).`];
  if (next.length > 0) {
    sentences.push(`Next were ${next.map(([name, value]) => `${name} with ${points(value)}`).join(', ')}.`);
  }
  for (const [reason, times] of no) {
    const words = reasonInWords(reason);
    sentences.push(`${times} ${times === 1 ? words.replace(/^were /, 'was ') : words}.`);
  }
  return sentences.join(' ');
}

import { explainDecision } from '../explain/explain-decision.ts';
import { type ActionRecord, type DecisionRecord, isAction } from './decision-record.ts';

/** What was done, for a chosen `to`. */
const DONE: Readonly<Record<ActionRecord['do'], (to: string) => string>> = {
  move: (to) => `It was moved to ${to}`,
  scale: (to) => `It was scaled to ${to}`,
  power: (to) => `It was switched ${to}`,
  resize: (to) => `It was given ${to}`,
  preempt: (to) => `It had to make room for ${to}`,
};

/** A record in sentences, for `godwit why` and the console. */
export function explainRecord(record: DecisionRecord): string {
  if (!isAction(record)) {
    const out = record.out?.length ? ` ${record.out.join(', ')} had to make room for it.` : '';
    return explainDecision(record) + out;
  }
  const { to, why, policy, score, next = [], no = [] } = record;
  const sentences = [
    `${DONE[record.do](to)}${why ? ` because ${why}` : ''} (policy ${policy}${score === undefined ? '' : `, ${points(score)}`}).`,
  ];
  if (next.length > 0)
    sentences.push(`Next were ${next.map(([name, value]) => `${name} with ${points(value)}`).join(', ')}.`);
  for (const [what, reason] of no) sentences.push(`Not ${what}: ${reason}.`);
  return sentences.join(' ');
}

const points = (value: number) => `${Math.round(value * 100)} of 100 points`;

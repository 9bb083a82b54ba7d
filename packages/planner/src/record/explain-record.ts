import { explainDecision } from '../explain/explain-decision.ts';
import { type Action, type ActionRecord, type DecisionRecord, isAction } from './decision-record.ts';
import { notChosenInEnglish, scaledInEnglish, whyInEnglish } from './english.ts';

/** A record in sentences, for `godwit why` and the console. */
export function explainRecord(record: DecisionRecord): string {
  if (!isAction(record)) {
    const out = record.out?.length ? ` ${record.out.join(', ')} had to make room for it.` : '';
    return explainDecision(record) + out;
  }
  const { why, policy, score, next = [], no = [] } = record;
  const because = why ? ` because ${whyInEnglish(why)}` : '';
  const sentences = [
    `${doneInEnglish(record)}${because} (policy ${policy}${score === undefined ? '' : `, ${points(score)}`}).`,
  ];
  if (next.length > 0)
    sentences.push(`Next were ${next.map(([name, value]) => `${name} with ${points(value)}`).join(', ')}.`);
  for (const [what, reason] of no) sentences.push(`Not ${what}: ${notChosenInEnglish(reason)}.`);
  return sentences.join(' ');
}

/** What was done. */
function doneInEnglish(record: Action): string {
  switch (record.do) {
    case 'move':
      return record.anew ? `It was ended to be made anew on ${record.to}` : `It was moved to ${record.to}`;
    case 'power':
      return `It was switched ${record.to}`;
    case 'preempt':
      return `It had to make room for ${record.to}`;
    case 'scale':
      return `It was scaled to ${scaledInEnglish(record.to)}`;
    case 'resize':
      return `It was given ${scaledInEnglish(record.to)}`;
  }
}

/** What was chosen, in a word. */
export function chosenInEnglish({ to }: ActionRecord): string {
  return typeof to === 'string' ? to : scaledInEnglish(to);
}

const points = (value: number) => `${Math.round(value * 100)} of 100 points`;

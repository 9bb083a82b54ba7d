/** Why something was done, and what to, in English: in decisions, events and conditions. */
import { counted } from '@godwit/base';
import { binaryQuantity, decimalQuantity, metricValueText } from '@godwit/kinds';
import { readableAmount } from '../explain/words.ts';
import { inWords, type WordsOf } from '../in-words.ts';
import type { UnknownMetric, WhyUnknown } from '../scale/elastic/unknown-metric.ts';
import type { AskedPart, Asker, FoundValue, Goal, Held, NotChosen, Scaled, WhyDone } from './why-done.ts';

/** In words that follow `because`. */
export function whyInEnglish(why: WhyDone): string {
  return inWords(why, REASONS);
}

const REASONS: WordsOf<WhyDone> = {
  overload: () => 'its host has less processor time than is needed',
  misplaced: () => 'it must not be where it is',
  'empties-host': () => 'its host can be emptied',
  'evens-out': () => 'its host is loaded more than others',
  empty: () => 'nothing runs on it, and neither the reserve nor the load that is forecast needs it',
  reserve: () => 'the reserve does not hold without it',
  load: () => 'the load that is forecast needs it',
  waiting: () => 'machines wait that have room there and nowhere else',
  occupied: () => 'machines are bound to it',
  'asked-for': () => 'the plan needs it for machines that must move',
  minimum: () => 'fewer hosts are on than the policy asks for',
  released: () => 'no policy switches it any more',
  measured: () => 'it uses as much, with a margin',
  'less-important': () => 'it is less important, and there was no other room',
  demand: ({ parts, schedule, unknown }) => {
    const during = schedule === undefined ? '' : ` (schedule ${schedule})`;
    return `${parts.map(partInEnglish).join(', and ')}${during}${notKnown(unknown)}`;
  },
  'blind-for-long': ({ unknown }) => `no metric could be told for too long${notKnown(unknown)}`,
  blind: ({ unknown }) => `no metric can be told, so that nothing changes${notKnown(unknown)}`,
  'above-maximum': ({ bound }) => `there were more than maxReplicas (${bound})`,
  'below-minimum': ({ bound }) => `there were fewer than minReplicas (${bound})`,
};

function notKnown(unknown: readonly UnknownMetric[] = []): string {
  const told = unknown.map(({ name, why }) => `${name}: ${unknownInEnglish(why)}`);
  return told.length === 0 ? '' : `; not known: ${told.join('; ')}`;
}

/** Why a metric says nothing. */
export function unknownInEnglish(why: WhyUnknown): string {
  return inWords(why, UNKNOWN);
}

const UNKNOWN: WordsOf<WhyUnknown> = {
  'no-value': () => 'there is no value',
  'no-sample': () => 'no machine that serves has a sample',
  senseless: ({ value }) => `the value ${value} makes no sense`,
  failed: ({ message }) => message,
};

/** `latency of 180 ms against a goal of 100 ms asks for 3 machines (jobs for 1 machine); it gets 2 machines now, since …`. */
function partInEnglish({ of, by, wanted, others = [], held }: AskedPart): string {
  const amount = (value: number) => AMOUNTS[of](value);
  const beside = others.map((other) => `${nameOf(other.by)} for ${amount(other.wanted)}`).join(', ');
  const instead = held ? `; it ${held.at < wanted ? 'gets' : 'keeps'} ${amount(held.at)}${HELD[held.since]}` : '';
  return `${askerInEnglish(by)} ${amount(wanted)}${beside === '' ? '' : ` (${beside})`}${instead}`;
}

const AMOUNTS: Readonly<Record<AskedPart['of'], (amount: number) => string>> = {
  machines: (amount) => counted(amount, 'machine'),
  cpu: (amount) => readableAmount('cpu', amount),
  memory: (amount) => `${readableAmount('memory', amount)} of memory`,
};

const HELD: Readonly<Record<Held, string>> = {
  'up-rate': ' now, since it may not grow any faster',
  'down-rate': ' now, since it may not shrink any faster',
  maximum: ', since no more is allowed',
  minimum: ', since no less is allowed',
  'up-stabilized': ' for now, since less was asked for a short while ago',
  'down-stabilized': ' for now, since more was asked for a short while ago',
  idle: ' until nothing was asked for long enough',
};

function nameOf(by: Asker): string {
  return by.is === 'metric' ? by.name : 'a request that waits';
}

/** `latency of 180 ms against a goal of 100 ms asks for`, `jobs ask for`. */
function askerInEnglish(by: Asker): string {
  const name = nameOf(by);
  // `requests` and `jobs` are many; `latency`, `status` and `process` are one.
  const ask = /^\S*[^isu]s$/.test(name) ? 'ask for' : 'asks for';
  const found = by.is === 'metric' && by.found ? foundInEnglish(by.found) : '';
  return `${name}${found} ${ask}`;
}

/** ` at 85 % against a goal of 60 %`, ` of 21, to be between 2 and 10 each,`. */
function foundInEnglish({ type, value, goal, each: isOfEach }: FoundValue): string {
  const text = (amount: number) => metricValueText(type, amount);
  const each = isOfEach ? ' each' : '';
  const goals: WordsOf<Goal> = {
    target: ({ target, foretold }) =>
      `${foretold ? ', and more that is foretold,' : ''} against a goal of ${text(target)}${each}`,
    between: ({ lower, upper }) => `, to be between ${text(lower)} and ${text(upper)}${each},`,
    line: ({ lower, base, upper, top }) => `, between ${text(lower)} (${base}) and ${text(upper)} (${top}),`,
  };
  return ` ${type === 'cpu' || type === 'memory' ? 'at' : 'of'} ${text(value)}${inWords(goal, goals)}`;
}

/** `3 machines, cpu 2`. */
export function scaledInEnglish({ machines, cpu, memory }: Scaled): string {
  return [
    ...(machines === undefined ? [] : [counted(machines, 'machine')]),
    ...(cpu === undefined ? [] : [`cpu ${decimalQuantity(cpu / 1000)}`]),
    ...(memory === undefined ? [] : [`memory ${binaryQuantity(Math.round(memory))}`]),
  ].join(', ');
}

export function notChosenInEnglish(why: NotChosen): string {
  return inWords(why, NOT_CHOSEN);
}

const NOT_CHOSEN: WordsOf<NotChosen> = {
  'more-would-leave': ({ machines }) => `${counted(machines, 'machine')} would have had to go there`,
};

/** What records look like: anybody may write an annotation, and what is read of it is put into words. */
import { elasticMetricTypes } from '@godwit/kinds';
import type { UnknownMetric, WhyUnknown } from '../scale/elastic/unknown-metric.ts';
import type { Action, ActionContext, ActionRecord, PlacementRecord } from './decision-record.ts';
import {
  coded,
  either,
  type Form,
  fields,
  isInstant,
  isNumber,
  isText,
  isWord,
  listOf,
  mapOf,
  maybe,
  pairOf,
} from './form.ts';
import type { AskedPart, Asker, FoundValue, Goal, NotChosen, Scaled, WhyDone } from './why-done.ts';

const isTrue = (value: unknown): value is true => value === true;
const isOne = (value: unknown): value is 1 => value === 1;
const inputs = maybe(mapOf(either(isNumber, isText)));
const candidates = maybe(listOf(pairOf(isText, isNumber)));

export const isPlacementRecord: Form<PlacementRecord> = fields<PlacementRecord>({
  v: isOne,
  policy: isText,
  host: isText,
  score: isNumber,
  of: isNumber,
  next: candidates,
  no: maybe(listOf(pairOf(isNumber, isNumber))),
  gpus: maybe(listOf(isNumber)),
  atLeast: (value): value is boolean | undefined => value === undefined || typeof value === 'boolean',
  at: maybe(isInstant),
  by: maybe(isText),
  rev: maybe(isText),
  in: inputs,
  out: maybe(listOf(isText)),
});

const isScaled = fields<Scaled>({ machines: maybe(isNumber), cpu: maybe(isNumber), memory: maybe(isNumber) });

const isActed = coded<'do', Action>('do', {
  move: { to: isText, anew: maybe(isTrue) },
  power: { to: isWord('on', 'off') },
  preempt: { to: isText },
  scale: { to: isScaled },
  resize: { to: isScaled },
});

const isActionContext = fields<Omit<ActionContext, 'why'>>({
  v: isOne,
  at: isInstant,
  by: isText,
  rev: maybe(isText),
  in: inputs,
  policy: isText,
  score: maybe(isNumber),
  next: candidates,
  no: maybe(listOf(pairOf(isText, coded<'is', NotChosen>('is', { 'more-would-leave': { machines: isNumber } })))),
});

/** All of it but the reason. */
export const isActionRecord: Form<ActionRecord> = (value): value is ActionRecord =>
  isActionContext(value) && isActed(value);

const isUnknown = coded<'is', WhyUnknown>('is', {
  'no-value': {},
  'no-sample': {},
  senseless: { value: isText },
  failed: { message: isText },
});
const unknown = maybe(listOf(fields<UnknownMetric>({ name: isText, why: isUnknown })));

const isGoal = coded<'is', Goal>('is', {
  target: { target: isNumber, foretold: maybe(isTrue) },
  between: { lower: isNumber, upper: isNumber },
  line: { lower: isNumber, base: isNumber, upper: isNumber, top: isNumber },
});

const isFound = fields<FoundValue>({
  type: isWord(...elasticMetricTypes),
  value: isNumber,
  goal: isGoal,
  each: maybe(isTrue),
});

const isAsker = coded<'is', Asker>('is', {
  metric: { name: isText, found: maybe(isFound) },
  'waiting-request': {},
});

const isPart = fields<AskedPart>({
  of: isWord('machines', 'cpu', 'memory'),
  by: isAsker,
  wanted: isNumber,
  others: maybe(listOf(fields({ by: isAsker, wanted: isNumber }))),
  held: maybe(
    fields({
      at: isNumber,
      since: isWord('up-rate', 'down-rate', 'maximum', 'minimum', 'up-stabilized', 'down-stabilized', 'idle'),
    }),
  ),
});

/** Whether it is a reason for which there are words. */
export const isWhyDone: Form<WhyDone> = coded<'is', WhyDone>('is', {
  overload: {},
  misplaced: {},
  'empties-host': {},
  'evens-out': {},
  empty: {},
  reserve: {},
  load: {},
  waiting: {},
  occupied: {},
  'asked-for': {},
  minimum: {},
  released: {},
  measured: {},
  'less-important': {},
  demand: { parts: listOf(isPart), schedule: maybe(isText), unknown },
  'blind-for-long': { unknown },
  blind: { unknown },
  'above-maximum': { bound: isNumber },
  'below-minimum': { bound: isNumber },
});

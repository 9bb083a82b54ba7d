import {
  apiVersionOf,
  type Decision as DecisionObject,
  decision as decisionKind,
  type KubeObject,
} from '@godwit/kinds';
import { gpuShareResource } from '../amounts.ts';
import { decisionAnnotation } from '../decision.ts';
import { reasonInWords } from '../explain/explain-decision.ts';
import { readableAmount } from '../explain/words.ts';
import { isGpuResource } from '../request/common.ts';
import {
  type ActionRecord,
  type DecisionRecord,
  isAction,
  type PlacementRecord,
  parseRecords,
} from './decision-record.ts';
import { notChosenInEnglish } from './english.ts';
import { chosenInEnglish, explainRecord } from './explain-record.ts';

/** A Decision that stands in an object: its name, and how it is made when somebody reads it. */
export interface KnownDecision {
  readonly namespace: string;
  readonly name: string;
  expand(): DecisionObject;
}

/** Longest part of a subject's name that goes into the name of its decisions. */
const LONGEST_NAME = 180;

/** The decisions that stand in the annotation of an object, the newest first. Things of no namespace are told in `default`. */
export function decisionsOf(object: KubeObject): readonly KnownDecision[] {
  const text = object.metadata.annotations?.[decisionAnnotation];
  if (text === undefined) return [];
  const namespace = object.metadata.namespace ?? 'default';
  return parseRecords(text).map((record) => {
    const name = nameOf(object, record);
    return { namespace, name, expand: () => expandRecord(object, record, namespace, name) };
  });
}

/** The same record has the same name for ever: kind and name of the subject, and a hash of what it says. */
function nameOf({ kind, metadata }: KubeObject, record: DecisionRecord): string {
  const text = `${metadata.uid ?? ''} ${JSON.stringify(record)}`;
  return `${kind.toLowerCase()}.${(metadata.name ?? '').slice(0, LONGEST_NAME)}.${hash(text)}`;
}

/** FNV-1a, 32 bits, in hexadecimal: short, and the same on every machine. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}

function expandRecord(object: KubeObject, record: DecisionRecord, namespace: string, name: string): DecisionObject {
  const { metadata } = object;
  const time = record.at === undefined ? undefined : instant(record.at);
  const inputs = inputsOf(record.in ?? {});
  const { uid, namespace: home } = metadata;
  return {
    apiVersion: apiVersionOf(decisionKind),
    kind: decisionKind.kind,
    metadata: { name, namespace, creationTimestamp: time ?? metadata.creationTimestamp ?? instant(0) },
    action: isAction(record) ? capitalised(record.do) : 'Place',
    subject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: metadata.name ?? '',
      ...(home !== undefined && { namespace: home }),
      ...(uid !== undefined && { uid }),
    },
    ...(record.by !== undefined && { askedBy: record.by }),
    ...(time !== undefined && { time }),
    policy: record.policy,
    ...(record.rev !== undefined && { revision: record.rev }),
    ...(inputs.length > 0 && { inputs: Object.fromEntries(inputs) as Record<string, string> }),
    ...(isAction(record) ? choiceOfAction(record) : choiceOfPlacement(record)),
    explanation: explainRecord(record),
  };
}

type Choice = Pick<DecisionObject, 'chosen' | 'runnersUp' | 'considered' | 'rejected'>;

function choiceOfPlacement({ host, score, of, next, no }: PlacementRecord): Choice {
  return {
    chosen: { name: host, score },
    ...(next && { runnersUp: candidates(next) }),
    considered: of,
    ...(no && { rejected: no.map(([reason, count]) => ({ reason: reasonInWords(reason), count })) }),
  };
}

function choiceOfAction(record: ActionRecord): Choice {
  const { score, next, no } = record;
  return {
    chosen: { name: chosenInEnglish(record), ...(score !== undefined && { score }) },
    ...(next && { runnersUp: candidates(next) }),
    ...(no && { rejected: no.map(([name, why]) => ({ name, reason: notChosenInEnglish(why) })) }),
  };
}

function candidates(scores: readonly (readonly [string, number])[]): NonNullable<DecisionObject['runnersUp']> {
  return scores.map(([name, score]) => ({ name, score }));
}

const instant = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** For people. Whole GPUs are counted in shares as well: what was asked for is told once. */
function inputsOf(amounts: Readonly<Record<string, number | string>>): (readonly [string, string])[] {
  const isTold = Object.keys(amounts).some(isGpuResource);
  return Object.entries(amounts)
    .filter(([name]) => !(isTold && name === gpuShareResource))
    .map(([name, value]) => [name, inputText(name, value)]);
}

function inputText(name: string, value: number | string): string {
  return typeof value === 'number' ? readableAmount(name, value) : value;
}

import {
  type KubeObject,
  movingTo,
  type Node,
  type Pod,
  type Stored,
  sleepOf,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import {
  type ActionRecord,
  type DecisionRecord,
  decisionAnnotation,
  explainRecord,
  isAction,
  parseRecords,
} from '@godwit/planner';
import type { ObjectChange } from '../cloud/api-view.ts';
import { BY_HAND } from '../workload/manifests.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';

/**
 * What is done stands beside the reason for it, in one write: who gets a host from the scheduler has a Decision that
 * names this host, and a Decision for what that write does not do is none. Sizes are told in a write of their own.
 */
export class Decisions implements Invariant {
  readonly name = 'decisions';
  readonly #context: InvariantContext;

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed(change: ObjectChange): void {
    const { before, after } = change;
    if (!after) return;
    const record = newestOf(before, after);
    const host = hostOf(after);
    const bound = host !== '' && hostOf(before) === '';
    if (bound && !isBoundByHand(after) && (!record || isAction(record) || record.host !== host)) {
      this.#violated(after, `has got ${host}, and the Decision says ${record ? wordsOf(record) : 'nothing'}`);
    }
    if (!record) return;
    const happened = isAction(record) ? happens(record, before, after) : bound && record.host === host;
    if (!happened) this.#violated(after, `has a Decision for what did not happen: ${wordsOf(record)}`);
  }

  #violated(object: KubeObject, words: string): void {
    this.#context.report(new Violation(this.name, `${nameOf(object)} ${words}`));
  }
}

/** The record that a write has added, if it has. */
export function newestOf(before: KubeObject | undefined, after: KubeObject): DecisionRecord | undefined {
  const text = after.metadata.annotations?.[decisionAnnotation];
  if (text === undefined || text === before?.metadata.annotations?.[decisionAnnotation]) return undefined;
  return parseRecords(text)[0];
}

const wordsOf = (record: DecisionRecord): string =>
  isAction(record) ? explainRecord(record) : `placed on ${record.host}`;

function hostOf(object: KubeObject | undefined): string {
  if (object?.kind === 'Pod') return (object as Pod).spec.nodeName ?? '';
  if (object?.kind === 'VirtualMachineInstance') return (object as VirtualMachineInstance).status?.nodeName ?? '';
  return '';
}

const isBoundByHand = (object: KubeObject): boolean =>
  object.kind === 'Pod' && (object as Pod).spec.schedulerName === BY_HAND;

interface Scaled extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

/** Whether a write does what its record says. */
function happens(record: ActionRecord, before: Stored<KubeObject> | undefined, after: Stored<KubeObject>) {
  const leaves = after.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined;
  switch (record.do) {
    case 'move':
      return after.kind === 'Pod' ? leaves : movingTo(after as unknown as VirtualMachineInstance) === record.to;
    case 'preempt':
      return after.kind === 'Pod' ? leaves : true;
    case 'power':
      return sleepOf(after as Node) === (record.to === 'on' ? 'waking' : 'asleep');
    case 'scale':
      return record.to.machines === ((after as Scaled).spec?.replicas ?? 1);
    case 'resize':
      return true;
  }
}

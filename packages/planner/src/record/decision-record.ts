import type { Decision } from '../decision.ts';
import { isActionRecord, isPlacementRecord, isWhyDone } from './record-forms.ts';
import type { NotChosen, Scaled, WhyDone } from './why-done.ts';

/** What every record says beside the choice itself. */
export interface RecordContext {
  /** When, in whole seconds since the epoch. */
  readonly at: number;
  /** Who asked: a user, or the part of the system that acts by itself. */
  readonly by: string;
  /** Revision of the state that was looked at. */
  readonly rev?: string;
  /** What it was decided from: amounts in base units (cpu in thousandths of a core, memory in bytes), loads, times. */
  readonly in?: Readonly<Record<string, number | string>>;
}

/** Where a machine was put. Records of older versions have no context. */
export interface PlacementRecord extends Decision, Partial<RecordContext> {
  /** Machines that had to go for it: `namespace/name`. */
  readonly out?: readonly string[];
}

/** Any other action: what it was, what was chosen, and what was not. */
export type ActionRecord = ActionContext & Action;

/** What is done, and what was chosen: a host, a machine, a size. */
export type Action =
  | {
      readonly do: 'move';
      readonly to: string;
      /** Set of a pod, which cannot be carried: it is ended, and another is made in its stead. */
      readonly anew?: true;
    }
  | { readonly do: 'power'; readonly to: 'on' | 'off' }
  | { readonly do: 'preempt'; readonly to: string }
  | { readonly do: 'scale'; readonly to: Scaled }
  | { readonly do: 'resize'; readonly to: Scaled };

export interface ActionContext extends RecordContext {
  readonly v: 1;
  /** Name of the policy. */
  readonly policy: string;
  /** Absent where a person wanted it so, who need not say why. */
  readonly why?: WhyDone;
  /** From 0 to 1. */
  readonly score?: number;
  /** The next best and their scores. */
  readonly next?: readonly (readonly [string, number])[];
  /** What was turned down, and why. */
  readonly no?: readonly (readonly [what: string, why: NotChosen])[];
}

export type DecisionRecord = PlacementRecord | ActionRecord;

export function isAction(record: DecisionRecord): record is ActionRecord {
  return 'do' in record;
}

/** The records in an annotation, the newest first; none where it cannot be read. */
export function parseRecords(text: string | undefined): readonly DecisionRecord[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).flatMap(readRecord);
  } catch {
    return [];
  }
}

/** A reason for which there are no words is left out: what was done stands all the same. */
function readRecord(value: unknown): readonly DecisionRecord[] {
  if (isPlacementRecord(value)) return [value];
  if (!isActionRecord(value)) return [];
  if (value.why === undefined || isWhyDone(value.why)) return [value];
  const { why: _, ...record } = value;
  return [record];
}

import type { Decision } from '../decision.ts';

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
export interface ActionRecord extends RecordContext {
  readonly v: 1;
  readonly do: 'move' | 'scale' | 'power' | 'resize' | 'preempt';
  /** Name of the policy. */
  readonly policy: string;
  /** What was chosen, in a word: a host, a size, `on` or `off`. */
  readonly to: string;
  /** Why, in words that follow `because`. */
  readonly why?: string;
  /** From 0 to 1. */
  readonly score?: number;
  /** The next best and their scores. */
  readonly next?: readonly (readonly [string, number])[];
  /** What was turned down, and why. */
  readonly no?: readonly (readonly [what: string, why: string])[];
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
    return (Array.isArray(value) ? value : [value]).filter(isRecord);
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is DecisionRecord {
  if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== 1) return false;
  return 'do' in value
    ? 'to' in value && typeof value.to === 'string'
    : 'host' in value && typeof value.host === 'string';
}

import { type DecisionRecord, parseRecords } from './decision-record.ts';

/** How much of the past an object remembers. */
export interface RecordLimits {
  readonly count: number;
  readonly ageSeconds: number;
}

/** Ten records of at most thirty days: a few kilobytes, far from what an annotation may hold. */
export const recordLimits: RecordLimits = { count: 10, ageSeconds: 30 * 24 * 3600 };

/** The annotation's text once `record` is added to those that it holds: the newest first, the oldest forgotten. */
export function keepRecord(
  text: string | undefined,
  record: DecisionRecord & { readonly at: number },
  limits: RecordLimits = recordLimits,
): string {
  const oldest = record.at - limits.ageSeconds;
  const older = parseRecords(text).filter(({ at }) => at !== undefined && at >= oldest);
  const kept = [record, ...older].slice(0, Math.max(1, limits.count));
  return JSON.stringify(kept.length === 1 ? record : kept);
}

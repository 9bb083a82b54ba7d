import { Failure } from '@godwit/base';

/** A `previous` did not match. `details.key` is the key, `details.revision` what it stands at (0: absent). */
export function conflict(key: string, revision: number): Failure {
  const message = revision === 0 ? `${key} does not exist` : `${key} stands at revision ${revision}`;
  return new Failure('conflict', message, { details: { key, revision } });
}

interface Unavailable {
  readonly cause?: unknown;
  readonly unknown?: boolean;
  readonly damaged?: boolean;
}

/**
 * The engine could not do it now. `details.unknown` is true when the batch may have been written all the same,
 * `details.damaged` when what was written earlier cannot be read any more: then trying again does not help.
 */
export function unavailable(message: string, { cause, unknown, damaged }: Unavailable = {}): Failure {
  return new Failure('unavailable', message, {
    retryable: damaged !== true,
    ...(cause !== undefined && { cause }),
    ...((unknown || damaged) && { details: { ...(unknown && { unknown }), ...(damaged && { damaged }) } }),
  });
}

/** That revision is no longer known: the caller must start again from a fresh list. */
export function tooOld(revision: number, floor: number): Failure {
  return new Failure('too-old', `revision ${revision} has been compacted away: the oldest known is ${floor}`, {
    details: { revision, floor },
  });
}

import { type Taint, type Toleration, unreachableTaint } from '@godwit/kinds';
import { tolerates } from '@godwit/planner';

/** How long machines that say nothing themselves tolerate that their node is not heard of, as pods do by default. */
const DEFAULT_SECONDS = 300;

/**
 * When a machine has to leave a node for its taints, in milliseconds since the epoch; undefined when it may stay.
 * A taint without a time counts from `seenAtMs`.
 */
export function leavesAtMs(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  seenAtMs: number,
): number | undefined {
  let earliest: number | undefined;
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue;
    const seconds = toleratedSeconds(taint, tolerations);
    if (seconds === undefined) continue;
    const addedAtMs = taint.timeAdded === undefined ? seenAtMs : Date.parse(taint.timeAdded);
    const atMs = addedAtMs + seconds * 1000;
    if (earliest === undefined || atMs < earliest) earliest = atMs;
  }
  return earliest;
}

/** Undefined: for ever. */
function toleratedSeconds(taint: Taint, tolerations: readonly Toleration[]): number | undefined {
  const fitting = tolerations.filter((toleration) => tolerates([toleration], taint));
  if (fitting.length === 0) return taint.key === unreachableTaint ? DEFAULT_SECONDS : 0;
  const limits = fitting.flatMap(({ tolerationSeconds: seconds }) =>
    seconds === undefined ? [] : [Math.max(0, seconds)],
  );
  return limits.length < fitting.length ? undefined : Math.min(...limits);
}

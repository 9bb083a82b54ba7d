import type { Retry } from './pod-state.ts';

interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

const imageBackOff: BackOff = { firstMs: 10_000, longestMs: 300_000 };
const containerBackOff: BackOff = { firstMs: 2_000, longestMs: 60_000 };
const statusBackOff: BackOff = { firstMs: 200, longestMs: 30_000 };
const ordinaryBackOff: BackOff = { firstMs: 500, longestMs: 30_000 };

function backOffOf(lane: string, reason: string): BackOff {
  if (lane === 'status' || lane === 'report') return statusBackOff;
  if (reason.startsWith('ErrImage')) return imageBackOff;
  if (lane.startsWith('container/')) return containerBackOff;
  return ordinaryBackOff;
}

/** When what failed is tried again: each time twice as late, starting over when it fails in another way. */
export function retryAfter(
  before: Retry | undefined,
  lane: string,
  reason: string,
  message: string,
  nowMs: number,
): Retry {
  const { firstMs, longestMs } = backOffOf(lane, reason);
  const delayMs = before?.reason === reason ? Math.min(longestMs, before.delayMs * 2) : firstMs;
  return { atMs: nowMs + delayMs, delayMs, failedAtMs: nowMs, reason, message };
}

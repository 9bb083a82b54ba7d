/**
 * What is believed of a sample, whoever took it: hosts, machines, a Prometheus, any HTTP endpoint. One rule for each way in
 * which a sample may be odd; what is not believed is as if nobody had measured. Counters follow `growth.ts`.
 */

/** Beyond it numbers have lost their last digits: 9 PB, or as many requests. Nothing here is as large. */
const MOST = Number.MAX_SAFE_INTEGER;

/** How far a sample's own time may be from now: what is older says nothing of now, and a clock so far ahead is wrong. */
const NOW_MS = 60_000;

/** A value that can be: a number, not negative, not absurdly large. Undefined for every other. */
export function believed(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value <= MOST ? value : undefined;
}

/** Whether a sample that bears this time is one of now. Both in milliseconds since the epoch. */
export function isOfNow(atMs: number, nowMs: number): boolean {
  return Math.abs(atMs - nowMs) <= NOW_MS;
}

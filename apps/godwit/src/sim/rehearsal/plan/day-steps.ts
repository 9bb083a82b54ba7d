import { durationMs, type ScenarioSpec } from '@godwit/kinds';

const DAY_MS = 86_400_000;

/** The value in force at an instant, in milliseconds since the beginning. Steps come again every day. */
export function dayStepsOf(steps: ScenarioSpec['carbon'], otherwise: number): (atMs: number) => number {
  const sorted = (steps ?? [])
    .map(({ from, value }) => ({ fromMs: durationMs(from) ?? 0, value }))
    .toSorted((a, b) => a.fromMs - b.fromMs);
  const last = sorted.at(-1);
  if (!last) return () => otherwise;
  return (atMs) => {
    const inDayMs = atMs % DAY_MS;
    return (sorted.findLast(({ fromMs }) => fromMs <= inDayMs) ?? last).value;
  };
}

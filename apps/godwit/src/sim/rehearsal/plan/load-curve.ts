import { durationMs, type ScenarioLoad } from '@godwit/kinds';
import { traceOf } from './trace.ts';

/** Share of the processors that machines ask for and use, by milliseconds since the beginning. */
export type LoadCurve = (atMs: number) => number;

const DAY_MS = 86_400_000;
const DEFAULT_PEAK_MS = 14 * 3_600_000;
/** What machines use of which nothing is known. */
const UNKNOWN_SHARE = 0.5;

/** @param traceText what stands in the file that the load names */
export function loadCurveOf(load: ScenarioLoad | undefined, traceText: string | undefined): LoadCurve {
  if (!load) return () => UNKNOWN_SHARE;
  if (load.trace === undefined) return rhythmOf(load);
  const { highest, at } = traceOf(load.trace, load.every, traceText ?? '');
  const { unit = 'peak' } = load;
  const scale = unit === 'share' ? 1 : unit === 'percent' ? 0.01 : highest > 0 ? 1 / highest : 1;
  return (atMs) => at(atMs) * scale;
}

/** Always the same, or a wave that is highest once a day. */
export function rhythmOf({
  constant,
  low = 0,
  high = low,
  peakAt,
}: Pick<ScenarioLoad, 'constant' | 'low' | 'high' | 'peakAt'>): LoadCurve {
  if (constant !== undefined) return () => constant;
  const peakMs = (peakAt === undefined ? undefined : durationMs(peakAt)) ?? DEFAULT_PEAK_MS;
  return (atMs) => low + ((high - low) * (1 + Math.cos((2 * Math.PI * (atMs - peakMs)) / DAY_MS))) / 2;
}

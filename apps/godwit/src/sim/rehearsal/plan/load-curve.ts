import { Failure } from '@godwit/base';
import { durationMs, type ScenarioLoad } from '@godwit/kinds';

/** Share of the processors that machines ask for and use, by milliseconds since the beginning. */
export type LoadCurve = (atMs: number) => number;

const DAY_MS = 86_400_000;
const DEFAULT_PEAK_MS = 14 * 3_600_000;
const DEFAULT_EVERY_MS = 300_000;
/** What machines use of which nothing is known. */
const UNKNOWN_SHARE = 0.5;

/** @param traceText what stands in the file that the load names */
export function loadCurveOf(load: ScenarioLoad | undefined, traceText: string | undefined): LoadCurve {
  if (!load) return () => UNKNOWN_SHARE;
  const { constant, low = 0, high = low, peakAt } = load;
  if (constant !== undefined) return () => constant;
  if (load.trace !== undefined) return traceCurve(load, traceText ?? '');
  const peakMs = (peakAt === undefined ? undefined : durationMs(peakAt)) ?? DEFAULT_PEAK_MS;
  return (atMs) => low + ((high - low) * (1 + Math.cos((2 * Math.PI * (atMs - peakMs)) / DAY_MS))) / 2;
}

/** The trace comes again when it is over; between its lines lies a straight line. */
function traceCurve({ trace = '', every, unit = 'peak' }: ScenarioLoad, text: string): LoadCurve {
  const values = numbersOf(text);
  if (values.length === 0) throw new Failure('empty-trace', `${trace} holds no numbers`);
  const peak = values.reduce((most, value) => Math.max(most, value), 0);
  const scale = unit === 'share' ? 1 : unit === 'percent' ? 0.01 : peak > 0 ? 1 / peak : 1;
  const everyMs = (every === undefined ? undefined : durationMs(every)) ?? DEFAULT_EVERY_MS;
  return (atMs) => {
    const place = (atMs / everyMs) % values.length;
    const index = Math.floor(place);
    const now = values[index] as number;
    const next = values[(index + 1) % values.length] as number;
    return (now + (next - now) * (place - index)) * scale;
  };
}

/** The last column of each line; lines without a number (a heading, a hole) are left out, and less than nothing is nothing. */
function numbersOf(text: string): number[] {
  const values: number[] = [];
  for (const line of text.split('\n')) {
    const last =
      line
        .trim()
        .split(/[,;\s]+/)
        .at(-1) ?? '';
    const value = last === '' ? Number.NaN : Number(last);
    if (Number.isFinite(value)) values.push(Math.max(0, value));
  }
  return values;
}

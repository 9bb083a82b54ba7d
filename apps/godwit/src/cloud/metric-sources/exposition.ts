import { isOfNow } from '@godwit/kinds';

/** One line of an exposition: a value, and of what it is. */
export interface ExposedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ExposedMetric {
  /** It only grows: what it grows by in a second is what people mean by it. */
  readonly isCounter: boolean;
  readonly samples: readonly ExposedSample[];
}

const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * One metric of a text in Prometheus' exposition format. A counter is found under its name without `_total` too, as
 * people call it; undefined where the text does not have it. A line with a time that is not now is as good as none, and of
 * lines of one series the first counts.
 */
export function readMetric(text: string, metric: string, nowMs: number): ExposedMetric | undefined {
  const names = [metric, `${metric}_total`];
  const samples = new Map<string, Map<string, ExposedSample>>(names.map((name) => [name, new Map()]));
  const counters = new Set<string>();
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\w+)/.exec(line) ?? [];
    if (typed !== undefined && type === 'counter') counters.add(typed);
    const [, name = '', text = '', value = '', at] =
      /^([^\s{#]+)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?\s*$/.exec(line) ?? [];
    if (name === '' || (at !== undefined && !isOfNow(Number(at), nowMs))) continue;
    const labels = readLabels(text);
    const series = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = samples.get(name);
    if (known && !known.has(series)) known.set(series, { labels, value: readNumber(value) });
  }
  const found = names.find((name) => samples.get(name)?.size);
  if (found === undefined) return undefined;
  const isCounter = found.endsWith('_total') || counters.has(found);
  return { isCounter, samples: [...(samples.get(found)?.values() ?? [])] };
}

function readLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value.replace(/\\(.)/g, unescape)]),
  );
}

const unescape = (_: string, character: string) => (character === 'n' ? '\n' : character);

/** As the format writes numbers: `+Inf`, `-Inf` and `NaN` are some. */
function readNumber(text: string): number {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** Number of its colour. */
  readonly colour: number;
  readonly dashed?: boolean;
}

/** What a day, an hour and a minute are called. */
export type TimeUnits = Readonly<Record<'d' | 'h' | 'min', string>>;

export interface ChartOptions {
  readonly title: string;
  /** Milliseconds since the beginning, of each value. */
  readonly atMs: readonly number[];
  readonly series: readonly Series[];
  /** Times in which something was different. */
  readonly bands?: readonly Band[];
}

/** From when until when, in milliseconds since the beginning, and what it was. */
export interface Band {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly label: string;
}

const WIDTH = 560;
const HEIGHT = 230;
const LEFT = 54;
const RIGHT = 14;
const TOP = 26;
/** Where the words of bands stand: in two lines, as they may overlap. */
const BAND_LINES = [9, 20];
const BOTTOM = 28;
/** Half of the longest word along the axis. */
const LABEL = 18;
/** More points than this say nothing more on a screen. */
const MOST_POINTS = 720;
const STEPS = [1, 2, 2.5, 5, 10];

/** Figures over time, as one SVG. */
export function renderChart({ title, atMs, series, bands = [] }: ChartOptions, units: TimeUnits): string {
  const endMs = Math.max(1, atMs.at(-1) ?? 1);
  const most = series.reduce((top, { values }) => values.reduce((sum, value) => Math.max(sum, value), top), 0);
  const step = stepOf(most / 4);
  const top = Math.max(step, Math.ceil(most / step) * step);
  const x = (ms: number) => LEFT + (ms / endMs) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const grid: string[] = [];
  for (let value = 0; value <= top + step / 2; value += step) {
    grid.push(
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(y(value))}" y2="${fixed(y(value))}"/>`,
    );
    grid.push(`<text x="${LEFT - 8}" y="${fixed(y(value) + 4)}" text-anchor="end">${short(value)}</text>`);
  }
  for (const [index, { ms, label }] of timeTicks(endMs, units).entries()) {
    // At the very end words go to the left, or they would be cut off.
    const anchor = x(ms) > WIDTH - RIGHT - LABEL ? 'end' : 'middle';
    const at = anchor === 'end' ? Math.min(WIDTH, x(ms) + LABEL) : x(ms);
    // On small screens words are larger, and every other one is left out.
    const odd = index % 2 === 1 ? ' class="odd"' : '';
    grid.push(`<text${odd} x="${fixed(at)}" y="${HEIGHT - 8}" text-anchor="${anchor}">${label}</text>`);
  }
  const every = Math.max(1, Math.ceil(atMs.length / MOST_POINTS));
  const lines = series.map(({ values, colour, dashed }) => {
    const points = values.flatMap((value, index) =>
      index % every === 0 || index === values.length - 1 ? [`${fixed(x(atMs[index] ?? 0))},${fixed(y(value))}`] : [],
    );
    return `<polyline class="line c${colour}${dashed ? ' dashed' : ''}" points="${points.join(' ')}"/>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}">${renderBands(bands, endMs, x)}${grid.join('')}${lines.join('')}</svg>`;
}

const MINUTE_MS = 60_000;
/** Minutes, hours and days between two marks, as people count them. */
const TICK_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 10_080, 20_160, 40_320];
const MOST_TICKS = 9;

/** Marks along the axis of time. */
function timeTicks(endMs: number, units: TimeUnits): readonly { readonly ms: number; readonly label: string }[] {
  const minutes = endMs / MINUTE_MS;
  const step =
    TICK_MINUTES.find((each) => minutes / each <= MOST_TICKS) ?? Math.ceil(minutes / MOST_TICKS / 1_440) * 1_440;
  const [size, unit] = step < 60 ? [1, units.min] : step < 1_440 ? [60, units.h] : [1_440, units.d];
  return Array.from({ length: Math.floor(minutes / step) + 1 }, (_, index) => ({
    ms: index * step * MINUTE_MS,
    label: `${(index * step) / size} ${unit}`,
  }));
}

function renderBands(bands: readonly Band[], endMs: number, x: (ms: number) => number): string {
  return bands
    .filter(({ fromMs }) => fromMs < endMs)
    .map(({ fromMs, untilMs, label }, index) => {
      const [left, right] = [x(fromMs), x(Math.min(endMs, untilMs))];
      const size = `x="${fixed(left)}" y="${TOP}" width="${fixed(Math.max(1, right - left))}" height="${HEIGHT - TOP - BOTTOM}"`;
      // Near the end words go to the left, or they would be cut off.
      const isLate = left > WIDTH * 0.8;
      const anchor = isLate ? ' text-anchor="end"' : '';
      const words = `<text class="event" x="${fixed(isLate ? right : left)}" y="${BAND_LINES[index % BAND_LINES.length]}"${anchor}>${escaped(label)}</text>`;
      return `<rect class="band" ${size}/>${words}`;
    })
    .join('');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The next larger of 1, 2, 2.5 and 5 times a power of ten. */
function stepOf(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return (STEPS.find((step) => step * power >= least) ?? 10) * power;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  return value >= 1e4 ? `${Number((value / 1e3).toPrecision(3))} k` : String(Number(value.toPrecision(3)));
}

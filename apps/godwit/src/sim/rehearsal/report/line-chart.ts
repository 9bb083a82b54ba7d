/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** Number of its colour. */
  readonly colour: number;
  readonly dashed?: boolean;
}

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

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 64;
const RIGHT = 16;
const TOP = 26;
/** Where the words of bands stand: in two lines, as they may overlap. */
const BAND_LINES = [9, 20];
const BOTTOM = 28;
/** More points than this say nothing more on a screen. */
const MOST_POINTS = 720;
const STEPS = [1, 2, 2.5, 5, 10];

/** Figures over time, as one SVG. */
export function renderChart({ title, atMs, series, bands = [] }: ChartOptions): string {
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
  const hours = endMs / 3_600_000;
  const hourStep = hours > 96 ? Math.ceil(hours / 8 / 24) * 24 : Math.max(1, Math.ceil(hours / 8));
  for (let hour = 0; hour <= hours; hour += hourStep) {
    const label = hours > 96 ? `${hour / 24} d` : `${hour} h`;
    grid.push(`<text x="${fixed(x(hour * 3_600_000))}" y="${HEIGHT - 8}" text-anchor="middle">${label}</text>`);
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

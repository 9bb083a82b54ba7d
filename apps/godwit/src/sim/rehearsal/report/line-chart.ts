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
}

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 64;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 28;
/** More points than this say nothing more on a screen. */
const MOST_POINTS = 720;
const STEPS = [1, 2, 2.5, 5, 10];

/** Figures over time, as one SVG. */
export function renderChart({ title, atMs, series }: ChartOptions): string {
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
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}">${grid.join('')}${lines.join('')}</svg>`;
}

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

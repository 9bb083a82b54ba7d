import { believed } from '@godwit/kinds';

/** One value of a series: `meanValue` and `peakValue` over the `stepMs` that begin at `atMs`. */
export interface Point {
  readonly atMs: number;
  readonly stepMs: number;
  readonly mean: number;
  readonly peak: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How finely how much is kept: five minutes in seconds, six hours in minutes, a week in hours. */
const RESOLUTIONS = [
  { stepMs: SECOND_MS, count: 300 },
  { stepMs: MINUTE_MS, count: 360 },
  { stepMs: HOUR_MS, count: 168 },
] as const;

/**
 * Values over time in a fixed amount of memory (6.7 kB). Times are of a clock that never goes back; a step without a
 * value is a gap, and is left out of what is read.
 */
export class Series {
  readonly #rings = RESOLUTIONS.map(({ stepMs, count }) => new Ring(stepMs, count));
  #last: { readonly atMs: number; readonly value: number } | undefined;

  record(atMs: number, value: number): void {
    if (believed(value) === undefined) return;
    this.#last = { atMs, value };
    for (const ring of this.#rings) ring.record(atMs, value);
  }

  /** The newest value as it was recorded. */
  get last(): { readonly atMs: number; readonly value: number } | undefined {
    return this.#last;
  }

  /** What is known from `sinceMs` on, oldest first, in the finest steps that reach back so far. */
  points(sinceMs: number): readonly Point[] {
    const ring = this.#rings.find((candidate) => candidate.reachesBack(sinceMs)) ?? this.#rings.at(-1);
    return ring?.points(sinceMs) ?? [];
  }

  /** Mean of the values from `sinceMs` on, a gap counted as nothing known; undefined when there are none. */
  mean(sinceMs: number): number | undefined {
    const points = this.points(sinceMs);
    if (points.length === 0) return undefined;
    return points.reduce((sum, { mean }) => sum + mean, 0) / points.length;
  }
}

/** The last `count` steps. The step of an instant is the time since the clock's start, divided and rounded down. */
class Ring {
  readonly #stepMs: number;
  readonly #means: Float32Array;
  readonly #peaks: Float32Array;
  #firstStep = Number.NaN;
  #newestStep = Number.NaN;
  #valuesOfNewest = 0;

  constructor(stepMs: number, count: number) {
    this.#stepMs = stepMs;
    this.#means = new Float32Array(count).fill(Number.NaN);
    this.#peaks = new Float32Array(count).fill(Number.NaN);
  }

  record(atMs: number, value: number): void {
    const step = Math.floor(atMs / this.#stepMs);
    if (!(step <= this.#newestStep)) this.#advance(step);
    // Late values count to the newest step: time does not go back here.
    const slot = this.#newestStep % this.#means.length;
    const values = ++this.#valuesOfNewest;
    const before = values === 1 ? value : (this.#means[slot] as number);
    this.#means[slot] = before + (value - before) / values;
    this.#peaks[slot] = values === 1 ? value : Math.max(this.#peaks[slot] as number, value);
  }

  /** Nothing that was recorded from `sinceMs` on has been overwritten. */
  reachesBack(sinceMs: number): boolean {
    if (Number.isNaN(this.#newestStep)) return true;
    const oldest = this.#newestStep - this.#means.length + 1;
    return oldest <= this.#firstStep || oldest <= Math.floor(sinceMs / this.#stepMs);
  }

  points(sinceMs: number): Point[] {
    if (Number.isNaN(this.#newestStep)) return [];
    const { length } = this.#means;
    const oldest = Math.max(this.#firstStep, this.#newestStep - length + 1, Math.floor(sinceMs / this.#stepMs));
    const found: Point[] = [];
    for (let step = oldest; step <= this.#newestStep; step++) {
      const mean = this.#means[step % length] as number;
      if (Number.isNaN(mean)) continue;
      const peak = this.#peaks[step % length] as number;
      found.push({ atMs: step * this.#stepMs, stepMs: this.#stepMs, mean, peak });
    }
    return found;
  }

  #advance(step: number): void {
    const { length } = this.#means;
    if (Number.isNaN(this.#newestStep)) this.#firstStep = step;
    else {
      const emptied = Math.min(step - this.#newestStep - 1, length);
      for (let gap = 1; gap <= emptied; gap++) this.#means[(step - gap) % length] = Number.NaN;
    }
    this.#newestStep = step;
    this.#valuesOfNewest = 0;
  }
}

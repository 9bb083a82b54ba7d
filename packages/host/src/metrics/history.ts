import { Series } from './series.ts';

/** Whom a series is about: `host`, `Pod/default/web/main`, `Service/default/web`, … */
export type Subject = string;

/** What is measured of it. CPU in cores, memory in bytes, latency in seconds, requests and errors a second. */
export type Measure = 'cpu' | 'memory' | 'requests' | 'errors' | 'queue' | 'connections' | 'latency';

export interface HistoryOptions {
  /** Most series; beyond it those that have been silent the longest go. */
  readonly mostSeries: number;
  /** How long a series is kept that gets no values any more. */
  readonly silenceMs: number;
}

/** A restart of a machine does not lose its history; one that is gone for an hour does. */
const defaults: HistoryOptions = { mostSeries: 4_096, silenceMs: 3_600_000 };

/** All series of a host, in memory that is bounded by their number. Times are of the clock that never goes back. */
export class History {
  /** In the order of their newest value, the longest silent first. */
  readonly #subjects = new Map<Subject, Map<Measure, Series>>();
  readonly #options: HistoryOptions;
  #size = 0;

  constructor(options: Partial<HistoryOptions> = {}) {
    this.#options = { ...defaults, ...options };
  }

  record(subject: Subject, atMs: number, values: Readonly<Partial<Record<Measure, number | undefined>>>): void {
    const known = this.#subjects.get(subject) ?? new Map<Measure, Series>();
    this.#subjects.delete(subject);
    this.#subjects.set(subject, known);
    for (const measure in values) {
      const value = values[measure as Measure];
      if (value === undefined) continue;
      let series = known.get(measure as Measure);
      if (!series) {
        series = new Series();
        known.set(measure as Measure, series);
        this.#size++;
      }
      series.record(atMs, value);
    }
  }

  series(subject: Subject, measure: Measure): Series | undefined {
    return this.#subjects.get(subject)?.get(measure);
  }

  /** Forgets what has been silent too long, and of too many those that were silent the longest. */
  tidy(nowMs: number): void {
    for (const [subject, series] of this.#subjects) {
      const newestMs = Math.max(...[...series.values()].map(({ last }) => last?.atMs ?? 0));
      const isSilent = nowMs - newestMs > this.#options.silenceMs;
      if (!isSilent && this.#size <= this.#options.mostSeries) return;
      this.#subjects.delete(subject);
      this.#size -= series.size;
    }
  }

  get size(): number {
    return this.#size;
  }
}

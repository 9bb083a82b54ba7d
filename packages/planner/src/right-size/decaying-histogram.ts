/** Each bucket is this much wider than the one before: percentiles are right within five percent. */
const GROWTH = 1.05;

export interface HistogramSettings {
  /** After so many seconds a sample counts half. */
  readonly halfLifeSeconds: number;
  /** Upper end of the first bucket: what is below is all the same. */
  readonly smallest: number;
  /** Samples above count as this. */
  readonly largest: number;
}

/**
 * How often a quantity had which value, the recent past counting more: buckets that grow by a fixed ratio, weights
 * that halve with age. Instead of shrinking what is old, what is new is added with more weight, and all of it is
 * scaled down when weights get large. Bounded in size, whatever comes.
 */
export class DecayingHistogram {
  readonly #settings: HistogramSettings;
  readonly #weights: Float64Array;
  #total = 0;
  #originMs: number | undefined;

  constructor(settings: HistogramSettings) {
    this.#settings = settings;
    const buckets = Math.ceil(Math.log(Math.max(1, settings.largest / settings.smallest)) / Math.log(GROWTH)) + 2;
    this.#weights = new Float64Array(buckets);
  }

  get isEmpty(): boolean {
    return this.#total <= EMPTY;
  }

  /** Adds a sample; what is not a number or negative is dropped, and so is an age that is not a number. */
  add(value: number, atMs: number): void {
    this.#count(value, atMs, 1);
  }

  /** Takes a sample back that was added with the same value and time: how a peak is replaced by a higher one. */
  remove(value: number, atMs: number): void {
    this.#count(value, atMs, -1);
  }

  #count(value: number, atMs: number, sign: 1 | -1): void {
    if (!Number.isFinite(value) || value < 0 || !Number.isFinite(atMs)) return;
    this.#originMs ??= atMs;
    let age = this.#halfLives(atMs);
    if (age > RESCALE_AFTER) {
      this.#rescale(atMs, age);
      age = 0;
    }
    const bucket = this.#bucketOf(value);
    const weight = sign * 2 ** Math.max(age, -RESCALE_AFTER);
    const before = this.#weights[bucket] as number;
    this.#weights[bucket] = Math.max(0, before + weight);
    this.#total = Math.max(0, this.#total + (this.#weights[bucket] as number) - before);
  }

  #halfLives(atMs: number): number {
    return (atMs - (this.#originMs ?? atMs)) / 1000 / this.#settings.halfLifeSeconds;
  }

  #rescale(originMs: number, halfLives: number): void {
    const factor = 2 ** -halfLives;
    this.#total = 0;
    for (let bucket = 0; bucket < this.#weights.length; bucket++) {
      this.#weights[bucket] = (this.#weights[bucket] as number) * factor;
      this.#total += this.#weights[bucket] as number;
    }
    this.#originMs = originMs;
  }

  #bucketOf(value: number): number {
    const { smallest, largest } = this.#settings;
    if (value <= smallest) return 0;
    const bucket = 1 + Math.floor(Math.log(Math.min(value, largest) / smallest) / Math.log(GROWTH));
    return Math.min(bucket, this.#weights.length - 1);
  }

  /**
   * The value that the share of samples, by weight, does not exceed: the upper end of its bucket, so that it is never
   * too small.
   * @param share from 0 to 1
   */
  percentile(share: number): number | undefined {
    if (this.isEmpty) return undefined;
    const wanted = Math.max(0, Math.min(1, share)) * this.#total;
    let sum = 0;
    let last = 0;
    for (let bucket = 0; bucket < this.#weights.length; bucket++) {
      const weight = this.#weights[bucket] as number;
      if (weight <= 0) continue;
      sum += weight;
      last = bucket;
      if (sum >= wanted - EMPTY) break;
    }
    return Math.min(this.#settings.largest, this.#settings.smallest * GROWTH ** last);
  }
}

/** Half-lives after which weights are scaled down. */
const RESCALE_AFTER = 60;
/** Weights below are rounding. */
const EMPTY = 1e-9;

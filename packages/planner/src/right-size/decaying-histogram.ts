import { type ByteReader, type ByteWriter, damaged } from '../compact/index.ts';

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
  /** Only between these two is there anything: most machines do much the same all the time. */
  #first = Number.POSITIVE_INFINITY;
  #last = -1;

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
    const bucket = this.bucketOf(value);
    const weight = sign * 2 ** Math.max(age, -RESCALE_AFTER);
    const before = this.#weights[bucket] as number;
    this.#weights[bucket] = Math.max(0, before + weight);
    this.#span(bucket, bucket);
    this.#total = Math.max(0, this.#total + (this.#weights[bucket] as number) - before);
  }

  /**
   * What was learned until now: the weights of the buckets as shares of the largest, each right within 2.2 % and in one
   * byte; what is below 0.002 % of it is left out. So a percentile is off by one point of share at most.
   */
  save(writer: ByteWriter, nowMs: number): void {
    let largest = 0;
    for (let bucket = this.#first; bucket <= this.#last; bucket++)
      largest = Math.max(largest, this.#weights[bucket] as number);
    if (largest <= EMPTY) return writer.whole(0);
    const runs = this.#runsFrom(largest * 2 ** (-(MOST_STEPS + 0.5) / STEPS));
    const top = Math.log2(largest);
    writer.whole(runs.length);
    writer.whole((top - this.#halfLives(nowMs)) * STEPS + SCALE_OFFSET);
    let at = 0;
    for (const { from, to } of runs) {
      writer.whole(from - at);
      writer.whole(to - from);
      for (at = from; at < to; at++) writer.byte(Math.round((top - Math.log2(this.#weights[at] as number)) * STEPS));
    }
  }

  /** Where buckets that weigh as much or more follow each other. */
  #runsFrom(least: number): readonly { readonly from: number; readonly to: number }[] {
    const runs: { from: number; to: number }[] = [];
    for (let bucket = this.#first; bucket <= this.#last; bucket++) {
      if ((this.#weights[bucket] as number) < least) continue;
      const last = runs.at(-1);
      if (last?.to === bucket) last.to++;
      else runs.push({ from: bucket, to: bucket + 1 });
    }
    return runs;
  }

  /**
   * Goes on from what another one of the same settings had learned.
   * @param nowMs when that was saved, on the clock of this one
   * @throws Failure `record-damaged`
   */
  restore(reader: ByteReader, nowMs: number): void {
    const runs = reader.whole();
    if (runs === 0) return;
    const largest = 2 ** Math.min(RESCALE_AFTER, (reader.whole() - SCALE_OFFSET) / STEPS);
    let bucket = 0;
    for (let run = 0; run < runs; run++) {
      bucket += reader.whole();
      const length = reader.whole();
      if (bucket + length > this.#weights.length) throw damaged('it has more buckets than there are');
      this.#span(bucket, bucket + length - 1);
      for (const end = bucket + length; bucket < end; bucket++)
        this.#weights[bucket] = largest * 2 ** (-reader.byte() / STEPS);
    }
    this.#originMs = nowMs;
    for (let each = this.#first; each <= this.#last; each++) this.#total += this.#weights[each] as number;
  }

  /** In which bucket a value counts. */
  bucketOf(value: number): number {
    const { smallest, largest } = this.#settings;
    if (value <= smallest) return 0;
    const bucket = 1 + Math.floor(Math.log(Math.min(value, largest) / smallest) / Math.log(GROWTH));
    return Math.min(bucket, this.#weights.length - 1);
  }

  /** A value that counts in a bucket. */
  middleOf(bucket: number): number {
    return this.#settings.smallest * GROWTH ** (bucket - 0.5);
  }

  #span(first: number, last: number): void {
    if (first < this.#first) this.#first = first;
    if (last > this.#last) this.#last = last;
  }

  #halfLives(atMs: number): number {
    return (atMs - (this.#originMs ?? atMs)) / 1000 / this.#settings.halfLifeSeconds;
  }

  #rescale(originMs: number, halfLives: number): void {
    const factor = 2 ** -halfLives;
    this.#total = 0;
    for (let bucket = this.#first; bucket <= this.#last; bucket++) {
      this.#weights[bucket] = (this.#weights[bucket] as number) * factor;
      this.#total += this.#weights[bucket] as number;
    }
    this.#originMs = originMs;
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
    for (let bucket = this.#first; bucket <= this.#last; bucket++) {
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
/** Into how many steps a halving is divided where weights are kept in a byte. */
const STEPS = 16;
/** The most steps that fit there. */
const MOST_STEPS = 0xff;
/** Makes a whole number of the largest weight's logarithm, also where that is up to 64 half-lives old. */
const SCALE_OFFSET = 64 * STEPS;

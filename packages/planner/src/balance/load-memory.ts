import type { ByteReader, ByteWriter } from '../compact/index.ts';

/** What a load is expected to be, in its own unit, and how far off that usually is (one standard deviation). */
export interface LoadForecast {
  readonly mean: number;
  readonly deviation: number;
  /** The last sample. */
  readonly now: number;
}

export interface LoadSettings {
  /** After so many seconds a sample counts half for what is expected. */
  readonly halfLifeSeconds: number;
  /** The same for how far off expectations are: longer, as it takes many samples to know. */
  readonly deviationHalfLifeSeconds: number;
}

interface Memory {
  mean: number;
  variance: number;
  now: number;
  atMs: number;
}

/**
 * Remembers loads with exponential decay in time, so that holes in the samples do not matter: the longer nothing
 * was heard, the more the next sample counts. What is not a number, or negative, is dropped. When the clock went
 * backwards the sample counts as if no time had passed, and the memory goes on from the new time.
 */
export class LoadMemory {
  readonly #settings: LoadSettings;
  readonly #memories = new Map<string, Memory>();

  constructor(settings: LoadSettings) {
    this.#settings = settings;
  }

  /**
   * @param usualDeviation how far off to be at first, when nothing is known
   */
  observe(key: string, value: number, atMs: number, usualDeviation: number): void {
    if (!Number.isFinite(value) || value < 0) return;
    const memory = this.#memories.get(key);
    if (!memory) {
      this.#memories.set(key, { mean: value, variance: usualDeviation ** 2, now: value, atMs });
      return;
    }
    const seconds = Math.max(0, atMs - memory.atMs) / 1000;
    const error = value - memory.mean;
    const weight = weightAfter(seconds, this.#settings.halfLifeSeconds);
    const slow = weightAfter(seconds, this.#settings.deviationHalfLifeSeconds);
    // West's update of an exponentially weighted variance.
    memory.variance = (1 - slow) * (memory.variance + slow * error * error);
    memory.mean += weight * error;
    memory.now = value;
    memory.atMs = atMs;
  }

  /** Undefined where nothing was ever heard. */
  forecast(key: string): LoadForecast | undefined {
    const memory = this.#memories.get(key);
    return memory && { mean: memory.mean, deviation: Math.sqrt(memory.variance), now: memory.now };
  }

  /** What was learned of one until now, in seven bytes; in one where nothing was ever heard. */
  save(key: string, writer: ByteWriter, nowMs: number): void {
    const memory = this.#memories.get(key);
    writer.whole(memory ? 1 + Math.max(0, nowMs - memory.atMs) / 1000 : 0);
    if (!memory) return;
    writer.amount(memory.mean);
    writer.amount(Math.sqrt(memory.variance));
    writer.amount(memory.now);
  }

  /**
   * Goes on from what another one had learned.
   * @param nowMs when that was saved, on the clock of this one
   * @throws Failure `record-damaged`
   */
  restore(key: string, reader: ByteReader, nowMs: number): void {
    const heard = reader.whole();
    if (heard === 0) return;
    const [mean, deviation, now] = [reader.amount(), reader.amount(), reader.amount()];
    this.#memories.set(key, { mean, variance: deviation ** 2, now, atMs: nowMs - (heard - 1) * 1000 });
  }

  forget(key: string): void {
    this.#memories.delete(key);
  }
}

const weightAfter = (seconds: number, halfLifeSeconds: number) => 1 - 2 ** (-seconds / halfLifeSeconds);

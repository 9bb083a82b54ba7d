import type { BalancePolicySpec } from '@godwit/kinds';
import type { ByteReader, ByteWriter } from '../compact/index.ts';
import { DecayingHistogram } from './decaying-histogram.ts';

/** A BalancePolicy's part about sizes, with what it leaves open filled in. */
export interface RightSizeSettings {
  /** Shares, from 0 to 1. */
  readonly cpuPercentile: number;
  readonly memoryPercentile: number;
  readonly cpuHalfLifeSeconds: number;
  readonly memoryHalfLifeSeconds: number;
  /** Added on top, as a share. */
  readonly margin: number;
  /** How wrong a size must be to be changed, as a share of itself. */
  readonly minimumChange: number;
  /** What was watched for a shorter time is not known well enough. */
  readonly watchMs: number;
}

export function rightSizeSettingsOf({ rightSize }: BalancePolicySpec): RightSizeSettings {
  return {
    cpuPercentile: (rightSize?.cpuPercentile ?? 90) / 100,
    memoryPercentile: (rightSize?.memoryPercentile ?? 95) / 100,
    cpuHalfLifeSeconds: (rightSize?.cpuHalfLifeHours ?? 24) * 3600,
    memoryHalfLifeSeconds: (rightSize?.memoryHalfLifeHours ?? 24) * 3600,
    margin: (rightSize?.margin ?? 15) / 100,
    minimumChange: (rightSize?.minimumChange ?? 10) / 100,
    watchMs: (rightSize?.watchMinutes ?? 360) * 60_000,
  };
}

/** Processor time in thousandths of a core, memory in bytes. */
export interface MachineSize {
  readonly cpu: number;
  readonly memory: number;
}

export interface Recommendation extends MachineSize {
  /** Which of the two differ from what the machine has by enough to be changed. */
  readonly changes: readonly ('cpu' | 'memory')[];
}

const HOUR_MS = 3_600_000;
/** A hundredth of a core and 4 MiB: nothing runs in less, and differences below do not matter. */
const SMALLEST: MachineSize = { cpu: 10, memory: 4 * 1024 ** 2 };
const LARGEST: MachineSize = { cpu: 1_000_000, memory: 16 * 1024 ** 4 };

/**
 * What a machine used: every sample of its processor time, and of memory the peak of each hour, as running out once
 * is what hurts.
 */
export class UsageRecord {
  readonly #cpu: DecayingHistogram;
  readonly #memory: DecayingHistogram;
  #firstMs: number | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** The highest use of memory in the hour that began then. */
  #peak: { readonly value: number; readonly atMs: number } | undefined;

  constructor(settings: RightSizeSettings) {
    const histogram = (resource: keyof MachineSize, halfLifeSeconds: number) =>
      new DecayingHistogram({ halfLifeSeconds, smallest: SMALLEST[resource], largest: LARGEST[resource] });
    this.#cpu = histogram('cpu', settings.cpuHalfLifeSeconds);
    this.#memory = histogram('memory', settings.memoryHalfLifeSeconds);
  }

  /** Samples of the past (a clock that was set back) are dropped, as are fields that are no amounts. */
  observe({ cpu, memory }: Partial<MachineSize>, atMs: number): void {
    if (!Number.isFinite(atMs) || atMs < this.#lastMs) return;
    this.#firstMs ??= atMs;
    this.#lastMs = atMs;
    if (cpu !== undefined) this.#cpu.add(cpu, atMs);
    if (memory !== undefined && Number.isFinite(memory) && memory >= 0) this.#observePeak(memory, atMs);
  }

  #observePeak(value: number, nowMs: number): void {
    const known = this.#peak && nowMs - this.#peak.atMs < HOUR_MS ? this.#peak : undefined;
    if (known && known.value >= value) return;
    const atMs = known?.atMs ?? nowMs;
    if (known) this.#memory.remove(known.value, atMs);
    this.#memory.add(value, atMs);
    this.#peak = { value, atMs };
  }

  /** What was learned until now: some fifty bytes of a machine that does not always do the same. */
  save(writer: ByteWriter, nowMs: number): void {
    writer.whole(this.#firstMs === undefined ? 0 : 1 + (this.#lastMs - this.#firstMs) / 1000);
    if (this.#firstMs === undefined) return;
    writer.whole((nowMs - this.#lastMs) / 1000);
    this.#cpu.save(writer, nowMs);
    this.#memory.save(writer, nowMs);
    writer.whole(this.#peak ? 1 + this.#memory.bucketOf(this.#peak.value) : 0);
    if (this.#peak) writer.whole((nowMs - this.#peak.atMs) / 1000);
  }

  /**
   * Goes on from what another one of the same half-lives had learned.
   * @param nowMs when that was saved, on the clock of this one
   * @throws Failure `record-damaged`
   */
  restore(reader: ByteReader, nowMs: number): void {
    const watched = reader.whole();
    if (watched === 0) return;
    this.#lastMs = nowMs - reader.whole() * 1000;
    this.#firstMs = this.#lastMs - (watched - 1) * 1000;
    this.#cpu.restore(reader, nowMs);
    this.#memory.restore(reader, nowMs);
    const peak = reader.whole();
    // Whatever counts in the same bucket counts the same.
    if (peak > 0) this.#peak = { value: this.#memory.middleOf(peak - 1), atMs: nowMs - reader.whole() * 1000 };
  }

  /** Undefined while it was not watched for long enough. */
  percentiles({ cpuPercentile, memoryPercentile, watchMs }: RightSizeSettings): MachineSize | undefined {
    if (this.#firstMs === undefined || this.#lastMs - this.#firstMs < watchMs) return undefined;
    const cpu = this.#cpu.percentile(cpuPercentile);
    const memory = this.#memory.percentile(memoryPercentile);
    return cpu === undefined || memory === undefined ? undefined : { cpu, memory };
  }
}

/** What size a machine should have, as a whole; undefined while too little is known. */
export function recommend(
  current: MachineSize,
  record: UsageRecord,
  settings: RightSizeSettings,
): Recommendation | undefined {
  const used = record.percentiles(settings);
  if (!used) return undefined;
  const size = {
    cpu: Math.max(SMALLEST.cpu, Math.ceil(used.cpu * (1 + settings.margin))),
    memory: Math.max(SMALLEST.memory, Math.ceil(used.memory * (1 + settings.margin))),
  };
  const changes = (['cpu', 'memory'] as const).filter(
    (resource) => Math.abs(size[resource] - current[resource]) > settings.minimumChange * current[resource],
  );
  return { ...size, changes };
}

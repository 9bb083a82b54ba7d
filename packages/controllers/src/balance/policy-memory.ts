import type { BalancePolicySpec } from '@godwit/kinds';
import {
  type BalanceSettings,
  ByteReader,
  ByteWriter,
  DemandForecast,
  LoadMemory,
  type RightSizeSettings,
  rightSizeSettingsOf,
  settingsOf,
  UsageRecord,
} from '@godwit/planner';
import type { Recorded } from './kept/recorded.ts';
import { Shards } from './kept/shards.ts';
import type { Usages } from './meter.ts';
import type { Moment } from './moment.ts';

/** How often use is looked at. */
export const SAMPLE_MS = 60_000;
/** How long a host that could not be woken is left alone, while others can do instead. */
const RETRY_MS = 600_000;

/**
 * What a policy knows beside what stands in the API: loads, who moved when, which hosts are empty since when. What of it
 * outlives the process is the matter of `kept/`. Until it is known, machines count as what they ask for. All times
 * are of the monotonic clock, which may have begun after them: then they are negative.
 */
export class PolicyMemory {
  settings: BalanceSettings;
  sizes: RightSizeSettings;
  readonly load: LoadMemory;
  demand: DemandForecast;
  readonly records = new Map<string, UsageRecord>();
  /** How those that there are records of are kept. */
  readonly shards = new Shards();
  readonly movedMs = new Map<string, number>();
  readonly emptySinceMs = new Map<string, number>();
  /** Hosts that were told to wake, and when. */
  readonly wakingMs = new Map<string, number>();
  /** Hosts that could not be woken, and when that was tried. */
  readonly #wakeFailedMs = new Map<string, number>();
  forecastCpu: number | undefined;
  /** Moves of the last hour. */
  recentMovesMs: number[] = [];
  /** Those of them that ended a pod: nothing that is left tells of them. */
  evictionsMs: number[] = [];
  plannedMs = Number.NEGATIVE_INFINITY;
  /** The policies that went before it at the last plan. */
  rivals: string | undefined;
  #sampledMs = Number.NEGATIVE_INFINITY;
  #usages: Usages = new Map();

  constructor(spec: BalancePolicySpec) {
    this.settings = settingsOf(spec);
    this.sizes = rightSizeSettingsOf(spec);
    this.load = new LoadMemory(this.settings.load);
    this.demand = this.#newDemand();
  }

  get usages(): Usages {
    return this.#usages;
  }

  /** The settings that what is known of machines depends on: with others it is learned anew. */
  get ofMachines(): string {
    return JSON.stringify([this.sizes.cpuHalfLifeSeconds, this.sizes.memoryHalfLifeSeconds, this.settings.load]);
  }

  /** The same of the demand. */
  get ofDemand(): string {
    return JSON.stringify([this.settings.wakeSeconds]);
  }

  /** The policy says something else now: it is planned at once, and what was learned stands as far as it fits. */
  govern(spec: BalancePolicySpec): void {
    const { ofMachines, ofDemand } = this;
    this.settings = settingsOf(spec);
    this.sizes = rightSizeSettingsOf(spec);
    if (this.ofMachines !== ofMachines) for (const id of this.records.keys()) this.#forget(id);
    if (this.ofDemand !== ofDemand) this.forgetDemand();
    this.plannedMs = Number.NEGATIVE_INFINITY;
  }

  isSampleDue(nowMs: number): boolean {
    return nowMs - this.#sampledMs >= SAMPLE_MS;
  }

  /** Takes in what the machines of this policy use. Those that have gone are forgotten. */
  observe(usages: Usages, ids: ReadonlySet<string>, { monotonicMs, wallMs }: Moment): void {
    this.#sampledMs = monotonicMs;
    this.#usages = usages;
    let total = 0;
    let known = 0;
    for (const id of ids) {
      const usage = usages.get(id);
      const record = this.records.get(id) ?? (usage && this.#newRecord(id));
      if (record) known++;
      if (!usage) continue;
      total += usage.cpu;
      // Nothing is known of how it changes: half of what it uses is a guess on the safe side.
      this.load.observe(id, usage.cpu, monotonicMs, usage.cpu / 2);
      record?.observe(usage, monotonicMs);
    }
    if (usages.size > 0) this.forecastCpu = this.demand.observe(total, wallMs);
    if (known < this.records.size) for (const id of this.records.keys()) if (!ids.has(id)) this.#forget(id);
    for (const id of this.movedMs.keys()) if (!ids.has(id)) this.movedMs.delete(id);
  }

  /** What is known of a machine, in a word. */
  wordOf(id: string, nowMs: number): string {
    const writer = new ByteWriter();
    this.load.save(id, writer, nowMs);
    this.records.get(id)?.save(writer, nowMs);
    return writer.text();
  }

  /**
   * Goes on from what another process knew of a machine.
   * @param keptMs when that was
   * @throws Failure `record-damaged`: then nothing is known of it
   */
  take(id: string, word: string, keptMs: number): void {
    try {
      const reader = new ByteReader(word);
      this.load.restore(id, reader, keptMs);
      this.#newRecord(id).restore(reader, keptMs);
      reader.end();
    } catch (error) {
      this.#forget(id);
      throw error;
    }
  }

  /** What stands in the API is known as well. */
  remember({ movedMs, movesMs, wakingMs }: Recorded): void {
    for (const [id, atMs] of movedMs) this.movedMs.set(id, atMs);
    for (const [host, atMs] of wakingMs) this.wakingMs.set(host, atMs);
    this.recentMovesMs.push(...movesMs);
  }

  /** Nothing is known of the demand, or what is known is no good. */
  forgetDemand(): void {
    this.demand = this.#newDemand();
    this.forecastCpu = undefined;
  }

  /** Keeps since when hosts have been empty. */
  observeEmpty(hosts: Iterable<string>, nowMs: number): void {
    const empty = new Set(hosts);
    for (const host of empty) if (!this.emptySinceMs.has(host)) this.emptySinceMs.set(host, nowMs);
    for (const host of this.emptySinceMs.keys()) if (!empty.has(host)) this.emptySinceMs.delete(host);
  }

  /** A host was told to wake, and nobody could. */
  couldNotWake(host: string, nowMs: number): void {
    this.wakingMs.delete(host);
    this.#wakeFailedMs.set(host, nowMs);
  }

  /** Whether a host can be counted on to wake: not for a while after it did not. */
  canWake(host: string, nowMs: number): boolean {
    const failedMs = this.#wakeFailedMs.get(host);
    return failedMs === undefined || nowMs - failedMs >= RETRY_MS;
  }

  /** A machine has begun to move. */
  moved(id: string, nowMs: number, kind: 'carried' | 'evicted'): void {
    this.movedMs.set(id, nowMs);
    this.recentMovesMs = [...lately(this.recentMovesMs, nowMs), nowMs];
    if (kind === 'evicted') this.evictionsMs = [...lately(this.evictionsMs, nowMs), nowMs];
  }

  #newDemand(): DemandForecast {
    return new DemandForecast(this.settings.wakeSeconds, SAMPLE_MS);
  }

  #newRecord(id: string): UsageRecord {
    const record = new UsageRecord(this.sizes);
    this.records.set(id, record);
    this.shards.add(id);
    return record;
  }

  #forget(id: string): void {
    this.records.delete(id);
    this.load.forget(id);
    this.shards.delete(id);
  }
}

/** Those of the last hour. */
const lately = (timesMs: readonly number[], nowMs: number): readonly number[] =>
  timesMs.filter((atMs) => atMs > nowMs - 3_600_000);

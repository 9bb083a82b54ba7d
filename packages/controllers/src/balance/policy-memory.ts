import type { BalancePolicySpec } from '@godwit/kinds';
import {
  type BalanceSettings,
  DemandForecast,
  LoadMemory,
  type RightSizeSettings,
  rightSizeSettingsOf,
  settingsOf,
  UsageRecord,
} from '@godwit/planner';
import type { Usages } from './meter.ts';

/** How often use is looked at. */
export const SAMPLE_MS = 60_000;
/** How long a host that could not be woken is left alone, while others can do instead. */
const RETRY_MS = 600_000;

/**
 * What a policy knows beside what stands in the API: loads, who moved when, which hosts are empty since when. It is
 * lost when the controller starts anew, and then learned again; until then machines count as what they ask for.
 */
export class PolicyMemory {
  readonly settings: BalanceSettings;
  readonly sizes: RightSizeSettings;
  readonly load: LoadMemory;
  readonly demand: DemandForecast;
  readonly records = new Map<string, UsageRecord>();
  readonly movedMs = new Map<string, number>();
  readonly emptySinceMs = new Map<string, number>();
  /** Hosts that were told to wake, and when. */
  readonly wakingMs = new Map<string, number>();
  /** Hosts that could not be woken, and when that was tried. */
  readonly #wakeFailedMs = new Map<string, number>();
  forecastCpu: number | undefined;
  recentMovesMs: number[] = [];
  plannedMs = Number.NEGATIVE_INFINITY;
  /** The policies that went before it at the last plan. */
  rivals: string | undefined;
  #sampledMs = Number.NEGATIVE_INFINITY;
  #usages: Usages = new Map();

  constructor(spec: BalancePolicySpec) {
    this.settings = settingsOf(spec);
    this.sizes = rightSizeSettingsOf(spec);
    this.load = new LoadMemory(this.settings.load);
    this.demand = new DemandForecast(this.settings.wakeSeconds, SAMPLE_MS);
  }

  get usages(): Usages {
    return this.#usages;
  }

  isSampleDue(nowMs: number): boolean {
    // A clock that was set back must not stop the sampling.
    return nowMs - this.#sampledMs >= SAMPLE_MS || nowMs < this.#sampledMs;
  }

  /** Takes in what the machines of this policy use. Those that have gone are forgotten. */
  observe(usages: Usages, ids: ReadonlySet<string>, nowMs: number): void {
    this.#sampledMs = nowMs;
    this.#usages = usages;
    let total = 0;
    for (const id of ids) {
      const usage = usages.get(id);
      if (!usage) continue;
      total += usage.cpu;
      // Nothing is known of how it changes: half of what it uses is a guess on the safe side.
      this.load.observe(id, usage.cpu, nowMs, usage.cpu / 2);
      let record = this.records.get(id);
      if (!record) {
        record = new UsageRecord(this.sizes);
        this.records.set(id, record);
      }
      record.observe(usage, nowMs);
    }
    if (usages.size > 0) this.forecastCpu = this.demand.observe(total, nowMs);
    this.load.keep(ids);
    for (const known of [this.records, this.movedMs]) for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
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
    return failedMs === undefined || nowMs - failedMs >= RETRY_MS || nowMs < failedMs;
  }

  moved(id: string, nowMs: number): void {
    this.movedMs.set(id, nowMs);
    this.recentMovesMs = [...this.recentMovesMs.filter((atMs) => atMs > nowMs - 3_600_000), nowMs];
  }
}

import type { VirtualClock } from '@godwit/base';
import type { ActionRecord } from '@godwit/planner';
import type { ScenarioTime, SharedLoads } from '../load/index.ts';
import { Elasticity, type GroupElasticity } from '../measure/index.ts';

/** How often it is looked at how supply stands to demand. */
const TICK_MS = 5_000;
/** More points than this say nothing more in a plot. */
const MOST_POINTS = 720;

/** Takes down how all groups with a demand follow it, from the beginning of the scenario to its end. */
export class Elastics {
  readonly #groups: ReadonlyMap<string, Elasticity>;
  readonly #clock: VirtualClock;
  readonly #time: ScenarioTime;
  readonly #durationMs: number;

  constructor(loads: SharedLoads, clock: VirtualClock, time: ScenarioTime, durationMs: number) {
    this.#groups = new Map(loads.all.map((load) => [load.group.name, new Elasticity(load)]));
    this.#clock = clock;
    this.#time = time;
    this.#durationMs = durationMs;
  }

  /** Starts to look. `wantedOf` says how many machines of a group there are to be. */
  begin(wantedOf: (group: string) => number): void {
    if (this.#groups.size === 0) return;
    const everyTicks = Math.max(1, Math.ceil(this.#durationMs / MOST_POINTS / TICK_MS));
    let ticks = 0;
    const tick = (): void => {
      const atMs = this.#time.nowMs;
      const leftMs = this.#durationMs - atMs;
      const isSample = ticks++ % everyTicks === 0 || leftMs <= 0;
      for (const [group, elasticity] of this.#groups) {
        const wanted = wantedOf(group);
        if (leftMs > 0) elasticity.pass(wanted, Math.min(TICK_MS, leftMs));
        if (isSample) elasticity.sample(atMs, wanted);
      }
      if (leftMs > 0) this.#clock.after(Math.min(TICK_MS, leftMs), tick);
    };
    tick();
  }

  act(group: string, action: ActionRecord): void {
    const atMs = this.#time.nowMs;
    if (atMs >= 0) this.#groups.get(group)?.act(action, atMs);
  }

  charge(pricePerCoreHour: number): void {
    for (const elasticity of this.#groups.values()) elasticity.charge(pricePerCoreHour);
  }

  results(): readonly GroupElasticity[] {
    return [...this.#groups.values()].map((each) => each.result());
  }
}

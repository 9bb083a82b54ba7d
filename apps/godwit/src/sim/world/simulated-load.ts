import type { Clock, Random } from '@godwit/base';

/** What the machines of one crowd have to do together, in cores. */
interface Demand {
  cores: number;
  untilMs: number;
}

const STEADY_S = { least: 15, more: 60 };
const SPIKE_MS = 6_000;
const SPIKES = 0.15;
const SPIKE_CORES = 1.5;
const USUAL_CORES = 0.2;
/** One machine takes no more than this, however much there is to do. */
const MOST_CORES = 0.25;

/** Names of machines that were made for one thing begin alike: `ann-4-7f9c-x2k8z`, `deaf-bob-3`. */
const crowdOf = (machine: string): string => /[a-z]+-\d+/.exec(machine)?.[0] ?? machine;

/**
 * What simulated machines have to do. All that belong together share one demand, which is drawn from the seed anew
 * now and then and has spikes: the more of them run, the less each has to do.
 */
export class SimulatedLoad {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #running: () => Iterable<string>;
  readonly #demands = new Map<string, Demand>();
  #counts = new Map<string, number>();
  #countedMs = -1;
  #settled = false;

  /** @param running names of all machines that run now */
  constructor(clock: Clock, random: Random, running: () => Iterable<string>) {
    this.#clock = clock;
    this.#random = random;
    this.#running = running;
  }

  /** How many cores a machine takes now. */
  coresOf(machine: string): number {
    const crowd = crowdOf(machine);
    const sharers = Math.max(1, this.#countsNow().get(crowd) ?? 1);
    return Math.min(MOST_CORES, this.#demand(crowd) / sharers);
  }

  /** From now on everybody has as much to do as usual. */
  settle(): void {
    this.#settled = true;
  }

  #demand(crowd: string): number {
    if (this.#settled) return USUAL_CORES / 2;
    const nowMs = this.#clock.monotonic();
    let demand = this.#demands.get(crowd);
    if (!demand || demand.untilMs <= nowMs) {
      const random = this.#random;
      const spike = random.next() < SPIKES;
      const steadyMs = (STEADY_S.least + random.integer(STEADY_S.more + 1)) * 1000;
      demand = {
        cores: random.next() * (spike ? SPIKE_CORES : USUAL_CORES),
        untilMs: nowMs + (spike ? SPIKE_MS : steadyMs),
      };
      this.#demands.set(crowd, demand);
    }
    return demand.cores;
  }

  #countsNow(): ReadonlyMap<string, number> {
    const nowMs = this.#clock.monotonic();
    if (this.#countedMs === nowMs) return this.#counts;
    this.#countedMs = nowMs;
    this.#counts = new Map();
    for (const machine of this.#running()) {
      const crowd = crowdOf(machine);
      this.#counts.set(crowd, (this.#counts.get(crowd) ?? 0) + 1);
    }
    return this.#counts;
  }
}

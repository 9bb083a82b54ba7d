import { Floor } from '../balance/floor.ts';
import { holdsReserve } from '../balance/reserve.ts';
import type { BalanceSettings } from '../balance/settings.ts';
import type { Situation } from '../balance/situation.ts';

export interface PowerPlan {
  readonly sleep: readonly PowerStep[];
  readonly wake: readonly PowerStep[];
}

export interface PowerStep {
  /** Index of the host. */
  readonly host: number;
  readonly why: PowerReason;
}

export type PowerReason = 'empty' | 'reserve' | 'load' | 'asked-for' | 'waiting' | 'occupied' | 'minimum';

export interface PowerDemand {
  /**
   * Processor time that all machines together will need by the time a host that is woken now is ready, in the unit of
   * the hosts' `cpu`; absent where there is no forecast beyond what machines use now.
   */
  readonly forecastCpu?: number;
  /** Hosts that a balance plan needs. */
  readonly asked: readonly number[];
  /** Hosts on which there is room for machines that have found none elsewhere. */
  readonly waiting?: readonly number[];
}

/**
 * Which hosts to switch on and off. Woken, the cheapest to run first: what has machines bound to it, what machines wait
 * for, what a plan asks for, what is missing to the fewest hosts, what the load that is forecast needs, and what the
 * reserve needs. Only when nothing has to be woken do hosts go to sleep: open, empty for long enough, not of the control
 * plane, the costliest first, each only if all of that would still hold without it.
 */
export function planPower(situation: Situation, settings: BalanceSettings, demand: PowerDemand): PowerPlan {
  const power = new PowerPlanner(situation, settings, demand);
  const wake = power.wake();
  return { wake, sleep: wake.length > 0 ? [] : power.sleep() };
}

/** So much more than is forecast must fit before a host sleeps: else noise would switch it on and off. */
const SLEEP_MARGIN = 1.1;

class PowerPlanner {
  readonly #floor: Floor;
  readonly #demand: PowerDemand;
  readonly #byCost: readonly number[];

  constructor(situation: Situation, settings: BalanceSettings, demand: PowerDemand) {
    const floor = new Floor(situation, settings);
    this.#floor = floor;
    this.#demand = demand;
    this.#byCost = situation.hosts
      .map((_, host) => host)
      .toSorted((a, b) => (floor.costs[a] as number) - (floor.costs[b] as number));
  }

  wake(): readonly PowerStep[] {
    const floor = this.#floor;
    const woken: PowerStep[] = [];
    const wake = (host: number, why: PowerReason) => {
      floor.wake(host);
      woken.push({ host, why });
    };
    const asleep = this.#byCost.filter((host) => !floor.isAwake(host) && floor.situation.hosts[host]?.open);
    for (const host of asleep) if (floor.isBusy(host)) wake(host, 'occupied');
    for (const host of this.#demand.waiting ?? []) if (!floor.isAwake(host)) wake(host, 'waiting');
    for (const host of this.#demand.asked) if (!floor.isAwake(host)) wake(host, 'asked-for');
    for (const host of asleep) {
      if (floor.isAwake(host)) continue;
      const why = this.#missing();
      if (why === undefined) break;
      wake(host, why);
    }
    // A reserve that waking everything does not restore is no reason to wake anything.
    return this.#missing() === 'reserve' ? woken.filter(({ why }) => why !== 'reserve') : woken;
  }

  /** What does not hold with the hosts that are awake. */
  #missing(margin = 1): PowerReason | undefined {
    const { settings } = this.#floor;
    if (this.#awake().length < settings.minimumHosts) return 'minimum';
    if (!this.#carriesForecast(margin)) return 'load';
    return holdsReserve(this.#floor, settings.reserve) ? undefined : 'reserve';
  }

  #awake(): readonly number[] {
    return this.#byCost.filter((host) => this.#floor.usable(host));
  }

  /** The load that is forecast fits below the fill of the policy, even after as many hosts as may fail are gone. */
  #carriesForecast(margin: number): boolean {
    const { forecastCpu } = this.#demand;
    if (forecastCpu === undefined || !Number.isFinite(forecastCpu)) return true;
    const { settings } = this.#floor;
    const capacities = this.#awake()
      .map((host) => this.#floor.cpuCapacity(host))
      .toSorted((a, b) => b - a);
    const left = capacities.slice(settings.reserve.hosts).reduce((sum, capacity) => sum + capacity, 0);
    return forecastCpu * margin <= settings.fill * left;
  }

  /** As many of the costliest as may: found by halving, as nothing gets better by having fewer. */
  sleep(): readonly PowerStep[] {
    const floor = this.#floor;
    const idle = this.#byCost.toReversed().filter((host) => this.#maySleep(host));
    let most = 0;
    for (let low = 1, high = idle.length; low <= high; ) {
      const count = (low + high) >> 1;
      const some = idle.slice(0, count);
      for (const host of some) floor.sleep(host);
      const holds = this.#missing(SLEEP_MARGIN) === undefined;
      for (const host of some) floor.wake(host);
      if (holds) most = count;
      if (holds) low = count + 1;
      else high = count - 1;
    }
    return idle.slice(0, most).map((host) => ({ host, why: 'empty' }));
  }

  #maySleep(host: number): boolean {
    const { situation, settings, machinesOn } = this.#floor;
    const one = situation.hosts[host];
    if (!one || one.essential || !this.#floor.usable(host) || (machinesOn[host]?.size ?? 0) > 0) return false;
    return one.emptySinceMs !== undefined && situation.nowMs - one.emptySinceMs >= settings.idleSeconds * 1000;
  }
}

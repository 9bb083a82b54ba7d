import { type ActionRecord, explainRecord, type Scaled, type WhyDone } from '@godwit/planner';
import type { SharedLoad } from '../load/index.ts';

/** A change of the number or of the size of machines. */
export interface ScaleAction {
  /** Milliseconds since the beginning. */
  readonly atMs: number;
  readonly to: Scaled;
  /** None where a person wanted it so. */
  readonly why?: WhyDone;
  /** What `godwit why` tells of it. */
  readonly explanation: string;
}

/** The figures of one moment. Machines are of the size that the scenario names. */
export interface ElasticSample {
  readonly atMs: number;
  /** Machines that could carry the demand, all of them busy. */
  readonly needed: number;
  /** As the autoscaler asks for. */
  readonly wanted: number;
  /** What serves: larger machines count as several. */
  readonly serving: number;
}

/**
 * How supply followed demand, as the SPEC Research Group measures it (Herbst et al.). Shares from 0 to 1, over time.
 */
export interface GroupElasticity {
  readonly group: string;
  readonly scaler: 'HorizontalPodAutoscaler' | 'ElasticPolicy' | 'none';
  /** Machines that were asked for. */
  readonly least: number;
  readonly mean: number;
  readonly most: number;
  /** θ_U and θ_O: machines that were missing, and those beyond what was needed, as a mean share of what was needed. */
  readonly under: number;
  readonly over: number;
  /** τ_U and τ_O: share of the time with too few, and with too many. */
  readonly timeUnder: number;
  readonly timeOver: number;
  /** Share of the demand that nobody served. */
  readonly unserved: number;
  /** Processor-hours that the demand needed. */
  readonly neededCoreHours: number;
  readonly machineHours: number;
  readonly coreHours: number;
  /** What it had of the cost of hosts and energy, by the processors that it asked for. */
  readonly cost: number;
  readonly actionCount: number;
  /** The latest of them. */
  readonly actions: readonly ScaleAction[];
  readonly samples: readonly ElasticSample[];
}

const MOST_ACTIONS = 200;
const HOUR_MS = 3_600_000;
/** A demand that is a whole number of machines but for rounding. */
const GRAIN = 1e-9;

/** Takes down how one group follows its demand. */
export class Elasticity {
  readonly #load: SharedLoad;
  readonly #actions: ScaleAction[] = [];
  readonly #samples: ElasticSample[] = [];
  #actionCount = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;
  /** Integrals over milliseconds. */
  readonly #sum = { all: 0, wanted: 0, under: 0, over: 0, timeUnder: 0, timeOver: 0, cores: 0, missing: 0, needed: 0 };
  #chargedCores = 0;
  #cost = 0;

  constructor(load: SharedLoad) {
    this.#load = load;
  }

  act(record: ActionRecord, atMs: number): void {
    if (record.do !== 'scale' && record.do !== 'resize') return;
    const { to, why } = record;
    this.#actionCount++;
    this.#actions.push({ atMs, to, ...(why && { why }), explanation: explainRecord(record) });
    if (this.#actions.length > MOST_ACTIONS) this.#actions.shift();
  }

  /** It is as it is now for so long; `wanted` machines are asked for. */
  pass(wanted: number, forMs: number): void {
    const { neededCores, servingCores, needed, serving } = this.#now();
    this.#least = Math.min(this.#least, wanted);
    this.#most = Math.max(this.#most, wanted);
    const sum = this.#sum;
    sum.all += forMs;
    sum.wanted += wanted * forMs;
    // Where nothing is needed, every machine is one too many.
    sum.under += (Math.max(0, needed - serving) / Math.max(1, needed)) * forMs;
    sum.over += (Math.max(0, serving - needed) / Math.max(1, needed)) * forMs;
    if (serving < needed) sum.timeUnder += forMs;
    if (serving > needed) sum.timeOver += forMs;
    sum.cores += this.#cores() * forMs;
    sum.needed += neededCores * forMs;
    sum.missing += Math.max(0, neededCores - servingCores) * forMs;
  }

  sample(atMs: number, wanted: number): void {
    const { needed, serving } = this.#now();
    this.#samples.push({ atMs, needed, wanted, serving });
  }

  /** What was used since the last time is paid for now, a core at this price an hour. */
  charge(pricePerCoreHour: number): void {
    this.#cost += ((this.#sum.cores - this.#chargedCores) / HOUR_MS) * pricePerCoreHour;
    this.#chargedCores = this.#sum.cores;
  }

  /** Processors of all that runs: what starts costs already. */
  #cores(): number {
    let cores = 0;
    for (const worker of this.#load.running()) cores += worker.cores;
    return cores;
  }

  #now() {
    const { neededCores, servingCores } = this.#load.now();
    const each = this.#load.group.cpuMillis / 1000;
    return {
      neededCores,
      servingCores,
      needed: Math.max(0, Math.ceil(neededCores / each - GRAIN)),
      serving: servingCores / each,
    };
  }

  result(): GroupElasticity {
    const { group, scaling } = this.#load;
    const { all, wanted, under, over, timeUnder, timeOver, cores, missing, needed } = this.#sum;
    const share = (value: number, of: number) => (of > 0 ? value / of : 0);
    const { elastic, horizontal } = scaling.scaler;
    return {
      group: group.name,
      scaler: elastic ? 'ElasticPolicy' : horizontal ? 'HorizontalPodAutoscaler' : 'none',
      least: Math.min(this.#least, this.#most),
      mean: share(wanted, all),
      most: this.#most,
      under: share(under, all),
      over: share(over, all),
      timeUnder: share(timeUnder, all),
      timeOver: share(timeOver, all),
      unserved: share(missing, needed),
      neededCoreHours: needed / HOUR_MS,
      machineHours: wanted / HOUR_MS,
      coreHours: cores / HOUR_MS,
      cost: this.#cost,
      actionCount: this.#actionCount,
      actions: this.#actions,
      samples: this.#samples,
    };
  }
}

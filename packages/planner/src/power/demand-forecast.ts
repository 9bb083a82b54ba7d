import { Forecaster, type ForecasterState } from '../forecast/index.ts';

/** What was learned, as plain JSON: some 20 kB. */
export type DemandState = ForecasterState;

/** How many times what forecasts are usually off by is added: load that has no host is worse than a host too many. */
const CAUTION = 2;

/** What all machines together will need by the time a host that is woken now is ready. */
export class DemandForecast {
  readonly #forecaster: Forecaster;

  /** @param stepMs how often `observe` is called */
  constructor(wakeSeconds: number, stepMs: number) {
    const horizon = Math.max(1, Math.ceil((wakeSeconds * 1000) / stepMs));
    this.#forecaster = new Forecaster({ horizon, stepMs, least: 1 });
  }

  save(): DemandState {
    return this.#forecaster.save();
  }

  /**
   * Goes on from what another one of the same settings had learned.
   * @param missed how many steps ago
   * @throws when it is damaged: then this one is of no use any more
   */
  restore(state: DemandState, missed: number): void {
    this.#forecaster.restore(state);
    for (let step = 0; step < missed; step++) this.#forecaster.miss();
  }

  /** Takes what is used now, and answers what to be ready for, both in the unit of the hosts' `cpu`; wall-clock. */
  observe(cpu: number, nowMs: number): number {
    const { level, expected, spread, trusted } = this.#forecaster.observe(cpu, nowMs);
    return Math.max(level, trusted ? expected : level) * (1 + CAUTION * Math.max(0, spread));
  }
}

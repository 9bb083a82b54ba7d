import type { Clock, Random } from '@godwit/base';
import type { PowerDriver } from '@godwit/controllers';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** What it takes until a host that was told to go is off, and until one that was told to come begins to start. */
const OFF_MS = 300;
const ON_MS = { least: 2_000, more: 20_000 };

/** Switches simulated hosts, as a board beside each of them would: it also does so while no program runs anywhere. */
export class SimulatedPower implements PowerDriver {
  readonly #cloud: SimulatedCloud;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(cloud: SimulatedCloud, clock: Clock, random: Random) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.#random = random;
  }

  state(host: string): Promise<'on' | 'off' | 'unknown'> {
    const station = this.#cloud.station(host);
    return Promise.resolve(!station ? 'unknown' : station.asleep ? 'off' : 'on');
  }

  async sleep(host: string): Promise<void> {
    await this.#clock.sleep(OFF_MS);
    const station = this.#cloud.station(host);
    if (station) await this.#cloud.putToSleep(station);
  }

  wake(host: string): Promise<void> {
    const station = this.#cloud.station(host);
    const delayMs = ON_MS.least + this.#random.integer(ON_MS.more);
    this.#clock.after(delayMs, () => station && this.#cloud.wakeUp(station));
    return Promise.resolve();
  }
}

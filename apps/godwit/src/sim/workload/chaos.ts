import type { Clock, Random } from '@godwit/base';
import type { SimulatedCloud, Station } from '../cloud/simulated-cloud.ts';
import type { EventLog } from '../world/event-log.ts';
import { calm, type Weather } from '../world/fate.ts';
import type { Life } from '../world/life.ts';
import type { Rhythm } from './rhythm.ts';

export interface ChaosOptions {
  readonly cloud: SimulatedCloud;
  /** Lives of users: their way to the API is as bad as that of programs. */
  readonly users: readonly Life[];
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly rhythm: Rhythm;
}

/** Mean time between two troubles in busy times, in milliseconds. */
const PAUSE_MS = 4_000;

/** How often a program dies while it starts. */
const STILLBORN = 0.15;

/** Longer than a lease of a host, and the time after which its machines are started elsewhere. */
const LONGEST_PAUSE_MS = 70_000;

const badDrivers: Weather = { fails: 0.12, slow: 0.3, twice: 0.05, longestMs: 8_000 };
const badWires: Weather = { fails: 0.1, slow: 0.2, twice: 0.05, longestMs: 3_000 };
const badStore: Weather = { fails: 0.05, slow: 0.2, twice: 0, longestMs: 2_000 };

type Trouble = (chaos: Chaos, station: Station) => void;

/** What goes wrong, and how often compared with the rest. */
const troubles: readonly (readonly [weight: number, Trouble])[] = [
  [4, (chaos, station) => chaos.kill(station)],
  [8, (chaos, station) => chaos.crashSoon(station)],
  [2, (chaos, station) => chaos.cutPower(station)],
  [1, (chaos, station) => chaos.fillDisk(station)],
  [1, (chaos, station) => chaos.slowDisk(station)],
  [1, (chaos, station) => chaos.failDisk(station)],
  [2, (chaos, station) => chaos.pause(station)],
  [2, (chaos, station) => chaos.setTime(station)],
  [2, (chaos, station) => chaos.cutWires(station)],
  [1, (chaos, station) => chaos.forgetPast(station)],
  [2, (chaos) => chaos.spoil('drivers', badDrivers)],
  [2, (chaos) => chaos.spoil('wires', badWires)],
  [1, (chaos) => chaos.spoil('store', badStore)],
  [3, (chaos, station) => chaos.hurtContainer(station)],
  [3, (chaos, station) => chaos.hurtGuest(station)],
];

/** Everything that goes wrong, drawn from the seed. */
export class Chaos {
  readonly #options: ChaosOptions;
  readonly #conditions: Record<'drivers' | 'store' | 'wires', Weather> = { drivers: calm, store: calm, wires: calm };
  #running = false;

  constructor(options: ChaosOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    // Some die again before they have begun.
    this.#options.cloud.onStart = ({ life }) => {
      const { random } = this.#options;
      if (this.#running && random.next() < STILLBORN) life?.fates.crashAfter(1 + random.integer(100));
    };
    this.#next();
  }

  /** From now on everything works as it should; what has been broken stays broken until somebody repairs it. */
  stop(): void {
    this.#running = false;
    const { cloud, events } = this.#options;
    events.add('the storm is over');
    cloud.load.settle();
    for (const { host, life } of cloud.stations) {
      host.disk.full = false;
      host.disk.failing = false;
      host.disk.syncMs = 1;
      life?.fates.crashAfter(Number.POSITIVE_INFINITY);
    }
    for (const part of ['drivers', 'store', 'wires'] as const) this.#set(part, calm);
  }

  #next(): void {
    const { clock, random, rhythm } = this.#options;
    const pauseMs = -Math.log(1 - random.next()) * PAUSE_MS * rhythm.stretch;
    clock.after(pauseMs, () => {
      if (!this.#running) return;
      this.#happen();
      this.#next();
    });
  }

  #happen(): void {
    const { cloud, random } = this.#options;
    const station = cloud.stations[random.integer(cloud.stations.length)];
    if (!station) return;
    let dice = random.next() * troubles.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, trouble] of troubles) {
      dice -= weight;
      if (dice < 0) return trouble(this, station);
    }
  }

  kill(station: Station): void {
    const { cloud, random } = this.#options;
    if (!station.life) return;
    cloud.kill(station);
    cloud.startAfter(station, 100 + random.integer(8_000));
  }

  /** In the middle of a call. */
  crashSoon({ life }: Station): void {
    life?.fates.crashAfter(1 + this.#options.random.integer(120));
  }

  cutPower(station: Station): void {
    const { cloud, random } = this.#options;
    if (station.asleep) return;
    const downMs = 2_000 + random.integer(20_000);
    void cloud.cutPower(station).then(() => cloud.startAfter(station, downMs));
  }

  fillDisk({ host }: Station): void {
    this.#options.events.add(`the disk of ${host.name} is full`);
    host.disk.full = true;
    this.#later(() => {
      host.disk.full = false;
    });
  }

  /** Whatever is written to it fails, for a short while. */
  failDisk({ host }: Station): void {
    this.#options.events.add(`the disk of ${host.name} fails`);
    host.disk.failing = true;
    this.#later(() => {
      host.disk.failing = false;
    });
  }

  /** Mostly for a moment, sometimes until others must take the host for lost. */
  pause({ host, life }: Station): void {
    const { random, events } = this.#options;
    const durationMs = 100 + random.integer(random.next() < 0.7 ? 5_000 : LONGEST_PAUSE_MS);
    events.add(`the program of ${host.name} is held still for ${durationMs} ms`);
    life?.pause(durationMs);
  }

  slowDisk({ host }: Station): void {
    host.disk.syncMs = 20 + this.#options.random.integer(1_500);
    this.#options.events.add(`a sync of the disk of ${host.name} takes ${host.disk.syncMs} ms`);
    this.#later(() => {
      host.disk.syncMs = 1;
    });
  }

  setTime({ host }: Station): void {
    const { random, events } = this.#options;
    const most = random.next() < 0.5 ? 60 : 86_400;
    const seconds = random.integer(2 * most + 1) - most;
    events.add(`the time of ${host.name} is set by ${seconds} s`);
    host.clock.jump(seconds * 1000);
  }

  cutWires({ host, wires }: Station): void {
    this.#options.events.add(`connections of ${host.name} break`);
    for (const wire of wires) wire.cut();
  }

  /** Nobody can watch from where they were any more. */
  forgetPast(station: Station): void {
    const { cloud, events } = this.#options;
    const store = cloud.server()?.store;
    if (!store) return;
    events.add(`the store forgets what was before revision ${store.revision}`);
    void store.compact(store.revision);
    this.cutWires(station);
  }

  spoil(part: 'drivers' | 'store' | 'wires', weather: Weather): void {
    this.#set(part, weather);
    this.#later(() => this.#set(part, calm));
  }

  #set(part: 'drivers' | 'store' | 'wires', weather: Weather): void {
    const { cloud, users, events } = this.#options;
    events.add(`${part} work ${weather === calm ? 'well' : 'badly'}`);
    this.#conditions[part] = weather;
    cloud.setConditions({ ...this.#conditions });
    for (const life of users) life.wireWeather = this.#conditions.wires;
  }

  #later(repair: () => void): void {
    const { clock, random } = this.#options;
    clock.after(1_000 + random.integer(15_000), repair);
  }

  hurtContainer({ host }: Station): void {
    const { random, events } = this.#options;
    const running = host.containers.actual().filter(({ state }) => state === 'running');
    const victim = running[random.integer(running.length)];
    if (!victim) return;
    events.add(`container ${victim.name} on ${host.name} dies by itself`);
    host.containers.kill(victim.id);
  }

  hurtGuest({ host }: Station): void {
    const { random, events } = this.#options;
    const guests = host.hypervisor.actual();
    const { machine } = guests[random.integer(guests.length)] ?? {};
    if (!machine) return;
    const fates = ['shutdown', 'crashed', 'io-error', 'process'] as const;
    const fate = fates[random.integer(fates.length)] as (typeof fates)[number];
    events.add(`guest ${machine.name} on ${host.name}: ${fate}`);
    host.hurt.add(machine.uid);
    if (fate === 'process') host.hypervisor.crash(machine.uid);
    else host.hypervisor.turn(machine.uid, fate);
  }
}

import type { Random, VirtualClock } from '@godwit/base';
import { describeError } from '@godwit/base';
import type { MachineAccess } from '@godwit/kinds';
import type { EventLog } from '../world/event-log.ts';
import { calm, type Weather } from '../world/fate.ts';
import { HostClock } from '../world/host-clock.ts';
import { Life } from '../world/life.ts';
import { ApiView } from './api-view.ts';
import { accessOver } from './connection.ts';
import type { Plant } from './plant.ts';
import { type HostSize, SimulatedHost } from './simulated-host.ts';
import { makeAgent } from './start-agent.ts';
import { startServer } from './start-server.ts';
import type { Server, Wire } from './wire.ts';

export interface SimulatedCloudOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly events: EventLog;
  readonly hosts: readonly HostSize[];
  readonly plant: Plant;
}

/** How well the outside of programs works. */
export interface Conditions {
  readonly drivers: Weather;
  readonly store: Weather;
  readonly wires: Weather;
}

export const calmConditions: Conditions = { drivers: calm, store: calm, wires: calm };

/** One host with the program that runs on it now, if one does. */
export interface Station {
  readonly host: SimulatedHost;
  life: Life | undefined;
  access: MachineAccess | undefined;
  wires: readonly Wire[];
  /** Since when everything of the program has been running. */
  readySinceMs: number | undefined;
  /** Counts lives, and what else makes a planned start void. */
  turn: number;
}

const RESTART_MS = 1_000;

/**
 * A cloud of simulated hosts. The program of the first one is a whole `godwit up`: API, controllers and agent in
 * one process; the others run agents. Each program can die at any moment and is started again.
 */
export class SimulatedCloud {
  readonly view = new ApiView();
  readonly stations: readonly Station[];
  readonly #options: SimulatedCloudOptions;
  /** Hears of each program before it does anything. */
  onStart: ((station: Station) => void) | undefined;
  #conditions = calmConditions;
  #server: Server | undefined;
  kills = 0;

  constructor(options: SimulatedCloudOptions) {
    this.#options = options;
    const { clock, random, events } = options;
    this.stations = options.hosts.map((size, index) => ({
      host: new SimulatedHost(`host-${index}`, size, new HostClock(clock), random.fork(), events),
      life: undefined,
      access: undefined,
      wires: [],
      readySinceMs: undefined,
      turn: 0,
    }));
  }

  /** Who serves the API now. */
  readonly server = (): Server | undefined => (this.#server?.life.alive ? this.#server : undefined);

  get allReady(): boolean {
    return this.stations.every(({ readySinceMs }) => readySinceMs !== undefined);
  }

  setConditions(conditions: Conditions): void {
    this.#conditions = conditions;
    for (const { life } of this.stations) if (life) this.#apply(life);
  }

  /** Starts the program of a host that has none. */
  start(station: Station): void {
    if (station.life) return;
    const { random, events } = this.#options;
    const { host } = station;
    station.turn++;
    const life = new Life({
      name: `${host.name}/${station.turn}`,
      clock: host.clock,
      random: random.fork(),
      events,
      onCrash: () => this.#died(station),
    });
    station.life = life;
    this.#apply(life);
    events.add(`${life.name} starts`);
    this.onStart?.(station);
    this.#run(station, life).catch((error: unknown) => {
      if (!life.alive) return;
      events.add(`${life.name} ends because it could not start: ${describeError(error)}`);
      life.end();
      this.#died(station);
    });
  }

  /** `kill -9`. */
  kill(station: Station): void {
    const { life } = station;
    if (!life?.alive) return;
    this.#options.events.add(`${life.name} is killed`);
    life.end();
    this.#died(station);
  }

  async cutPower(station: Station): Promise<void> {
    station.life?.end();
    await station.host.cutPower();
    this.#died(station);
  }

  /** Starts the program after a while, unless something else happens to it first. */
  startAfter(station: Station, delayMs: number): void {
    const { turn } = station;
    this.#options.clock.after(delayMs, () => {
      if (station.turn === turn) this.start(station);
    });
  }

  /** Ends all programs for good. */
  end(): void {
    for (const { life } of this.stations) life?.end();
  }

  async #run(station: Station, life: Life): Promise<void> {
    const { plant, clock, events } = this.#options;
    const { host } = station;
    let wires: readonly Wire[] = [];
    if (station === this.stations[0]) {
      wires = await startServer({
        life,
        disk: host.disk,
        observer: this.view,
        machines: (node) => this.stations.find(({ host: { name } }) => name === node)?.access,
        plant,
        onServing: (server) => {
          this.#server = server;
        },
      });
    }
    const { agent, wire } = makeAgent({ host, life, server: this.server, plant });
    station.wires = [...wires, wire];
    station.access = accessOver(agent.access, life);
    await agent.start();
    if (!life.alive) return;
    station.readySinceMs = clock.monotonic();
    events.add(`${life.name} is ready`);
  }

  #apply(life: Life): void {
    life.weather = this.#conditions.drivers;
    life.storeWeather = this.#conditions.store;
    life.wireWeather = this.#conditions.wires;
  }

  /** Whatever ended it, somebody starts it again: systemd in a second, after a longer while who plans so. */
  #died(station: Station): void {
    this.kills++;
    station.life = undefined;
    station.access = undefined;
    station.wires = [];
    station.readySinceMs = undefined;
    station.turn++;
    this.startAfter(station, RESTART_MS);
  }
}

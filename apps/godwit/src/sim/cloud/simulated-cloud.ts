import type { Random, VirtualClock } from '@godwit/base';
import { describeError } from '@godwit/base';
import type { VirtualMachineManager } from '@godwit/host';
import type { MachineAccess, UsageAccess } from '@godwit/kinds';
import type { EventLog } from '../world/event-log.ts';
import { calm, type Weather } from '../world/fate.ts';
import { HostClock } from '../world/host-clock.ts';
import { Life } from '../world/life.ts';
import { SimulatedLoad } from '../world/simulated-load.ts';
import { ApiView } from './api-view.ts';
import { accessOver, usageOver } from './connection.ts';
import { GuestMoves } from './guest-moves.ts';
import type { Plant } from './plant.ts';
import { type HostSize, SimulatedHost } from './simulated-host.ts';
import { SimulatedPower } from './simulated-power.ts';
import { makeAgent } from './start-agent.ts';
import { startServer } from './start-server.ts';
import type { Server, Wire } from './wire.ts';

export interface SimulatedCloudOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly events: EventLog;
  readonly hosts: readonly HostSize[];
  readonly plant: Plant;
  /** Whether hosts measure what machines use: it costs time, and only some read it. */
  readonly measured: boolean;
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
  usage: UsageAccess | undefined;
  instances: VirtualMachineManager | undefined;
  wires: readonly Wire[];
  /** Since when everything of the program has been running. */
  readySinceMs: number | undefined;
  /** Counts lives, and what else makes a planned start void. */
  turn: number;
  /** It was switched off because nothing needs it. */
  asleep: boolean;
}

/** What a host is that must never sleep. */
const CONTROL_PLANE = { 'node-role.kubernetes.io/control-plane': '' };

const RESTART_MS = 1_000;

/**
 * A cloud of simulated hosts. The program of the first one is a whole `godwit up`: API, controllers and agent in
 * one process; the others run agents. Each program can die at any moment and is started again.
 */
export class SimulatedCloud {
  readonly view = new ApiView();
  readonly stations: readonly Station[];
  /** What there is to do for machines. */
  readonly load: SimulatedLoad;
  readonly moves: GuestMoves;
  readonly #power: SimulatedPower;
  readonly #options: SimulatedCloudOptions;
  /** Hears of each program before it does anything. */
  onStart: ((station: Station) => void) | undefined;
  /** Hears of each host just before it is switched off. */
  onSleep: ((station: Station) => void) | undefined;
  #conditions = calmConditions;
  #server: Server | undefined;
  kills = 0;

  constructor(options: SimulatedCloudOptions) {
    this.#options = options;
    const { clock, random, events } = options;
    const load = new SimulatedLoad(clock, random.fork(), () =>
      this.stations.flatMap(({ host }) => host.runningNames()),
    );
    this.load = load;
    this.stations = options.hosts.map((size, index) => ({
      host: new SimulatedHost({
        name: `host-${index}`,
        size,
        labels: index === 0 ? CONTROL_PLANE : {},
        clock: new HostClock(clock),
        random: random.fork(),
        events,
        coresOf: (machine) => load.coresOf(machine),
      }),
      life: undefined,
      access: undefined,
      usage: undefined,
      instances: undefined,
      wires: [],
      readySinceMs: undefined,
      turn: 0,
      asleep: false,
    }));
    this.#power = new SimulatedPower(this, clock, random.fork());
    this.moves = new GuestMoves(this, clock, events);
  }

  /** Who serves the API now. */
  readonly server = (): Server | undefined => (this.#server?.life.alive ? this.#server : undefined);

  get allReady(): boolean {
    return this.stations.every(({ readySinceMs, asleep }) => asleep || readySinceMs !== undefined);
  }

  station(name: string | undefined): Station | undefined {
    return this.stations.find(({ host }) => host.name === name);
  }

  setConditions(conditions: Conditions): void {
    this.#conditions = conditions;
    for (const { life } of this.stations) if (life) this.#apply(life);
  }

  /** Starts the program of a host that has none. */
  start(station: Station): void {
    if (station.life || station.asleep) return;
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

  /** Switches a host off in order. */
  async putToSleep(station: Station): Promise<void> {
    if (station.asleep) return;
    this.onSleep?.(station);
    this.#options.events.add(`${station.host.name} is switched off`);
    station.asleep = true;
    station.life?.end();
    this.#forget(station);
    await station.host.switchOff();
  }

  /** Switches a host on; its program starts by itself. */
  wakeUp(station: Station): void {
    if (!station.asleep) return;
    this.#options.events.add(`${station.host.name} is switched on`);
    station.asleep = false;
    this.start(station);
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
        machines: (node) => this.station(node)?.access,
        usage: (node) => this.station(node)?.usage,
        power: this.#power,
        plant,
        onServing: (server) => {
          this.#server = server;
        },
      });
    }
    const { measured } = this.#options;
    const { agent, instances, wire } = makeAgent({ host, life, server: this.server, plant, measured });
    station.wires = [...wires, wire];
    station.access = accessOver(agent.access, life);
    station.usage = usageOver(agent.sampler, life);
    station.instances = instances;
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
    this.#forget(station);
    this.startAfter(station, RESTART_MS);
  }

  /** What ran there has ended. */
  #forget(station: Station): void {
    station.life = undefined;
    station.access = undefined;
    station.usage = undefined;
    station.instances = undefined;
    station.wires = [];
    station.readySinceMs = undefined;
    station.turn++;
  }
}

import { costliness } from './costliness.ts';
import type { BalanceSettings } from './settings.ts';
import type { BalanceHost, BalanceMachine, Situation } from './situation.ts';

/**
 * The hosts and what they would have on them, while a plan is being made. Machines are put down and taken up;
 * `mark` and `rollback` undo what did not work out.
 */
export class Floor {
  readonly situation: Situation;
  readonly where: Int32Array;
  readonly settings: BalanceSettings;
  readonly machinesOn: readonly Set<number>[];
  /** By host, the cheapest being 1. */
  readonly costs: Float64Array;
  readonly #mean: Float64Array;
  readonly #variance: Float64Array;
  readonly #now: Float64Array;
  /** What machines hold, apart from processor time. */
  readonly resources: readonly string[];
  readonly #held: readonly Float64Array[];
  readonly #awake: Uint8Array;
  readonly #open: Uint8Array;
  readonly #fullness: Float64Array;
  readonly #log: { readonly machine: number; readonly from: number }[] = [];

  constructor(situation: Situation, settings: BalanceSettings) {
    const { hosts, machines } = situation;
    this.situation = situation;
    this.settings = settings;
    this.where = new Int32Array(machines.length).fill(-1);
    this.costs = costliness(situation);
    this.machinesOn = hosts.map(() => new Set<number>());
    this.#mean = new Float64Array(hosts.length);
    this.#variance = new Float64Array(hosts.length);
    this.#now = new Float64Array(hosts.length);
    this.resources = [...new Set(machines.flatMap(({ held }) => Object.keys(held)))];
    this.#held = this.resources.map(() => new Float64Array(hosts.length));
    this.#awake = Uint8Array.from(hosts, ({ power }) => (power === 'on' ? 1 : 0));
    this.#open = Uint8Array.from(hosts, ({ open }) => (open ? 1 : 0));
    this.#fullness = new Float64Array(hosts.length);
    machines.forEach(({ host }, machine) => this.#count(machine, host, 1));
  }

  #host(host: number): BalanceHost {
    return this.situation.hosts[host] as BalanceHost;
  }

  #machine(machine: number): BalanceMachine {
    return this.situation.machines[machine] as BalanceMachine;
  }

  #count(machine: number, host: number, sign: 1 | -1): void {
    const { cpu, held } = this.#machine(machine);
    this.#mean[host] = (this.#mean[host] as number) + sign * cpu.mean;
    this.#variance[host] = (this.#variance[host] as number) + sign * cpu.deviation ** 2;
    this.#now[host] = (this.#now[host] as number) + sign * cpu.now;
    this.resources.forEach((resource, index) => {
      const column = this.#held[index] as Float64Array;
      column[host] = (column[host] as number) + sign * (held[resource] ?? 0);
    });
    if (sign > 0) this.machinesOn[host]?.add(machine);
    else this.machinesOn[host]?.delete(machine);
    this.where[machine] = sign > 0 ? host : -1;
    this.#fullness[host] = this.#fullnessOf(host);
  }

  cpuCapacity(host: number): number {
    return this.#host(host).capacity.cpu ?? 0;
  }

  /** Expected load of a host, with another machine if one is given, and a margin for what expectations miss. */
  expected(host: number, machine?: number): number {
    const more = machine === undefined ? undefined : this.#machine(machine).cpu;
    const mean = (this.#mean[host] as number) + (more?.mean ?? 0);
    const variance = (this.#variance[host] as number) + (more?.deviation ?? 0) ** 2;
    return mean + this.settings.safety * Math.sqrt(Math.max(0, variance));
  }

  mean(host: number): number {
    return Math.max(0, this.#mean[host] as number);
  }

  /** By how much the load of a host exceeds what it has, now or as expected; 0 or less when it does not. */
  excess(host: number): number {
    return Math.max(this.#now[host] as number, this.#mean[host] as number) - this.cpuCapacity(host);
  }

  /** How much of a resource is used on a host; of `cpu`, as expected. */
  used(resource: string, host: number): number {
    if (resource === 'cpu') return this.expected(host);
    return this.#held[this.resources.indexOf(resource)]?.[host] ?? 0;
  }

  /** Whether everything that the machine holds is there, and its load fits below the fill of the policy. */
  fits(machine: number, host: number): boolean {
    const { held, cpu } = this.#machine(machine);
    const { capacity } = this.#host(host);
    for (let index = 0; index < this.resources.length; index++) {
      const resource = this.resources[index] as string;
      const needed = held[resource] ?? 0;
      const used = (this.#held[index] as Float64Array)[host] as number;
      if (needed > 0 && used + needed > (capacity[resource] ?? 0)) return false;
    }
    const limit = this.settings.fill * this.cpuCapacity(host);
    return this.expected(host, machine) <= limit && (this.#now[host] as number) + cpu.now <= limit;
  }

  /** May take machines now, or at once when told to wake. */
  usable(host: number): boolean {
    return this.#open[host] === 1 && this.#awake[host] === 1;
  }

  isAwake(host: number): boolean {
    return this.#awake[host] === 1;
  }

  isBusy(host: number): boolean {
    return (this.machinesOn[host] as Set<number>).size > 0;
  }

  wake(host: number): void {
    this.#awake[host] = 1;
  }

  sleep(host: number): void {
    this.#awake[host] = 0;
  }

  /** Share of the scarcest thing that a host gives out; over 1 where it gives out too much. */
  fullness(host: number): number {
    return this.#fullness[host] as number;
  }

  #fullnessOf(host: number): number {
    const { capacity } = this.#host(host);
    let most = this.cpuCapacity(host) > 0 ? this.expected(host) / this.cpuCapacity(host) : 0;
    this.resources.forEach((resource, index) => {
      const there = capacity[resource] ?? 0;
      if (there > 0) most = Math.max(most, ((this.#held[index] as Float64Array)[host] as number) / there);
    });
    return most;
  }

  move(machine: number, to: number): void {
    const from = this.where[machine] as number;
    this.#log.push({ machine, from });
    this.#count(machine, from, -1);
    this.#count(machine, to, 1);
  }

  mark(): number {
    return this.#log.length;
  }

  /** Takes back all moves since the mark. */
  rollback(mark: number): void {
    while (this.#log.length > mark) {
      const { machine, from } = this.#log.pop() as { machine: number; from: number };
      this.#count(machine, this.where[machine] as number, -1);
      this.#count(machine, from, 1);
    }
  }
}

import { dedicatedCpuResource, soundAmount } from '../amounts.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';
import { TermCounts } from '../terms/index.ts';
import { UsualMachines } from '../usefulness/index.ts';
import { Column } from './column.ts';
import { DeviceTable, WHOLE_DEVICE } from './device-table.ts';
import { coresOf, type Host, stateOf } from './host.ts';
import { Journal } from './journal.ts';
import { Topology } from './topology.ts';

/** A machine and the row of the host that has it. */
export interface PlacedMachine {
  readonly request: MachineRequest;
  readonly row: number;
}

/** Capacity of one resource, by host row, and what is given out of it. Both reach as far as there are hosts. */
export interface ResourceColumns {
  readonly capacity: Column;
  readonly used: Column;
}

/**
 * Hosts and the machines on them, kept up to date piece by piece. Every host has a row; amounts are columns
 * of numbers, so that a question about all hosts walks through memory in order. A machine on a host that
 * is not known (yet) is remembered, and counts as soon as the host appears.
 */
export class Snapshot {
  /** By row; undefined where a host has gone and nobody has taken its row. */
  readonly hosts: (Host | undefined)[] = [];
  /** By row: `hostState`, 0 where there is no host. */
  readonly states = new Column(0);
  readonly machines = new Map<string, PlacedMachine>();
  /** Which rows have changed, for those who remember answers by row. */
  readonly journal = new Journal();
  /** What is left of each single GPU, in thousandths. */
  readonly gpus = new DeviceTable();
  /** Cores of each NUMA node that no machine has to itself. */
  readonly numa = new DeviceTable();
  /** What machines usually ask for. */
  readonly usual = new UsualMachines();
  /** Where the machines are that affinities and spreading speak of. */
  readonly terms: TermCounts;
  /** By row: how long its oldest machine had been there when it changed last, in seconds. */
  readonly ages = new Column(0);
  readonly #oldest = new Column(0);
  #latest = Number.NEGATIVE_INFINITY;
  readonly #namespaceLabels = new Map<string, Readonly<Record<string, string>>>();
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #resources = new Map<string, ResourceColumns>();
  readonly #ports: (Map<string, number> | undefined)[] = [];
  readonly #onRow: (Set<string> | undefined)[] = [];
  readonly #waiting = new Map<string, { readonly request: MachineRequest; readonly host: string }>();
  readonly #topologies = new Map<string, Topology>();
  /** How many machines on hosts have each priority. */
  readonly #priorities = new Map<number, number>();
  #structure = 0;
  #knowsImages = false;

  constructor() {
    this.terms = new TermCounts({
      namespaceLabels: this.#namespaceLabels,
      each: (visit) => {
        for (const { request, row } of this.machines.values()) {
          visit({ machine: request, labels: this.hosts[row]?.labels ?? {} });
        }
      },
    });
  }

  /** Rows to walk through; some may hold no host. */
  get rowCount(): number {
    return this.hosts.length;
  }

  get hostCount(): number {
    return this.#rows.size;
  }

  /** Another number whenever what was known of hosts is void: they have come or gone, or labels or taints are others. */
  get structure(): number {
    return this.#structure;
  }

  /** Whether any host has said which images it has. */
  get knowsImages(): boolean {
    return this.#knowsImages;
  }

  rowOf(host: string): number | undefined {
    return this.#rows.get(host);
  }

  columns(resource: string): ResourceColumns {
    let columns = this.#resources.get(resource);
    if (!columns) {
      columns = { capacity: new Column(this.hosts.length), used: new Column(this.hosts.length) };
      this.#resources.set(resource, columns);
    }
    return columns;
  }

  /** How much of a resource a host has left. */
  free(resource: string, row: number): number {
    const { capacity, used } = this.columns(resource);
    return (capacity.values[row] ?? 0) - (used.values[row] ?? 0);
  }

  portTaken(row: number, key: string): boolean {
    return (this.#ports[row]?.get(key) ?? 0) > 0;
  }

  topology(key: string): Topology {
    let topology = this.#topologies.get(key);
    if (!topology) {
      topology = new Topology(this.hosts, key);
      this.#topologies.set(key, topology);
    }
    return topology;
  }

  setHost(host: Host): void {
    let row = this.#rows.get(host.name);
    const before = row === undefined ? undefined : this.hosts[row];
    row ??= this.#free.pop() ?? this.hosts.length;
    const moves = before !== undefined && !equal(before.labels, host.labels);
    if (moves) this.#countTerms(row, -1);
    this.hosts[row] = host;
    this.states.set(row, stateOf(host));
    this.#rows.set(host.name, row);
    this.#knowsImages ||= host.images !== undefined;
    for (const resource in host.capacity) this.columns(resource);
    for (const [resource, { capacity, used }] of this.#resources) {
      capacity.set(row, soundAmount(host.capacity[resource]));
      used.reach(row);
    }
    this.gpus.setHost(
      row,
      Array.from({ length: host.gpus ?? 0 }, () => WHOLE_DEVICE),
    );
    this.numa.setHost(row, coresOf(host));
    if (moves) this.#countTerms(row, 1);
    this.ages.reach(row);
    this.#oldest.reach(row);
    this.journal.note(row);
    if (!before || moves || !equal(before.taints, host.taints)) this.#restructure();
    if (before) return;
    for (const [uid, { request, host: name }] of this.#waiting) {
      if (name !== host.name) continue;
      this.#waiting.delete(uid);
      this.put(request, name);
    }
  }

  removeHost(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    for (const { request } of this.machinesOn(row)) {
      this.remove(request.uid);
      this.#waiting.set(request.uid, { request, host: name });
    }
    this.hosts[row] = undefined;
    this.states.set(row, 0);
    this.#rows.delete(name);
    this.#free.push(row);
    for (const { capacity } of this.#resources.values()) capacity.set(row, 0);
    this.gpus.setHost(row, []);
    this.numa.setHost(row, []);
    this.journal.note(row);
    this.#restructure();
  }

  /** Labels of a namespace, for affinity terms that choose namespaces by label; undefined when it has gone. */
  setNamespace(name: string, labels: Readonly<Record<string, string>> | undefined): void {
    const before = this.#namespaceLabels.get(name);
    if (labels) this.#namespaceLabels.set(name, labels);
    else this.#namespaceLabels.delete(name);
    if (equal(before ?? {}, labels ?? {})) return;
    this.terms.recount();
    this.#restructure();
  }

  /** Puts a machine on a host, or moves it there. */
  put(request: MachineRequest, host: string): void {
    this.remove(request.uid);
    if (request.finished) return;
    const row = this.#rows.get(host);
    if (row === undefined) {
      this.#waiting.set(request.uid, { request, host });
      return;
    }
    const settled = this.#giveDevices(request, row);
    this.machines.set(request.uid, { request: settled, row });
    this.#onRow[row] ??= new Set();
    this.#onRow[row].add(request.uid);
    this.#age(row, request.since, 'came');
    this.#account(row, request, 1);
    this.#countPriority(request, 1);
    for (const port of request.ports) this.#countPort(row, portKey(port), 1);
    this.terms.count(request, this.hosts[row]?.labels ?? {}, 1);
    this.journal.note(row);
  }

  remove(uid: string): void {
    const machine = this.machines.get(uid);
    if (!machine) {
      this.#waiting.delete(uid);
      return;
    }
    const { request, row } = machine;
    this.machines.delete(uid);
    this.#onRow[row]?.delete(uid);
    this.#age(row, request.since, 'went');
    this.#account(row, request, -1);
    this.#countPriority(request, -1);
    if (request.gpu) this.gpus.remove(request.gpu, row);
    if (request.cores) this.numa.remove(request.cores, row);
    for (const port of request.ports) this.#countPort(row, portKey(port), -1);
    this.terms.count(request, this.hosts[row]?.labels ?? {}, -1);
    this.journal.note(row);
  }

  /** The least important priority of all machines on hosts; infinite where there are none. */
  get lowestPriority(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const priority of this.#priorities.keys()) if (priority < lowest) lowest = priority;
    return lowest;
  }

  /** Where a machine is, or is to be. */
  hostOf(uid: string): string | undefined {
    const machine = this.machines.get(uid);
    return machine ? this.hosts[machine.row]?.name : this.#waiting.get(uid)?.host;
  }

  /** Whether there is such a machine on a host. */
  someOn(row: number, holds: (machine: MachineRequest) => boolean): boolean {
    for (const uid of this.#onRow[row] ?? []) if (holds((this.machines.get(uid) as PlacedMachine).request)) return true;
    return false;
  }

  machinesOn(row: number): readonly PlacedMachine[] {
    return [...(this.#onRow[row] ?? [])].map((uid) => this.machines.get(uid) as PlacedMachine);
  }

  /** A snapshot of its own, to try things out on. */
  copy(): Snapshot {
    const copy = new Snapshot();
    for (const [name, labels] of this.#namespaceLabels) copy.setNamespace(name, labels);
    for (const host of this.hosts) if (host) copy.setHost(host);
    for (const { request, row } of this.machines.values()) copy.put(request, this.hosts[row]?.name ?? '');
    for (const { request, host } of this.#waiting.values()) copy.put(request, host);
    return copy;
  }

  /** Time is told by the machines themselves: it is as late as the latest was asked for. */
  #age(row: number, since: number | undefined, change: 'came' | 'went'): void {
    if (since === undefined) return;
    if (since > this.#latest) this.#latest = since;
    const oldest = this.#oldest.values;
    // 0 is nobody: a machine as old as time itself counts as a second younger.
    const moment = Math.max(1, since);
    if (change === 'went' && moment <= (oldest[row] as number)) oldest[row] = this.#oldestOn(row);
    else if (change === 'came' && (oldest[row] === 0 || moment < (oldest[row] as number))) oldest[row] = moment;
    this.ages.set(row, oldest[row] === 0 ? 0 : this.#latest - (oldest[row] as number));
  }

  #oldestOn(row: number): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const uid of this.#onRow[row] ?? []) {
      const { since } = (this.machines.get(uid) as PlacedMachine).request;
      if (since !== undefined) oldest = Math.min(oldest, Math.max(1, since));
    }
    return oldest === Number.POSITIVE_INFINITY ? 0 : oldest;
  }

  /** The request, with the devices that it has got. */
  #giveDevices(request: MachineRequest, row: number): MachineRequest {
    const { gpu, cores } = request;
    if (!gpu && !cores) return request;
    return {
      ...request,
      ...(gpu && { gpu: this.gpus.put(gpu, row) }),
      ...(cores && { cores: this.numa.put(cores, row) }),
    };
  }

  #restructure(): void {
    this.#structure++;
    this.#topologies.clear();
  }

  #countTerms(row: number, change: 1 | -1): void {
    for (const { request } of this.machinesOn(row)) this.terms.count(request, this.hosts[row]?.labels ?? {}, change);
  }

  #account(row: number, { amounts, cores }: MachineRequest, sign: 1 | -1): void {
    for (const resource in amounts) this.columns(resource).used.add(row, sign * soundAmount(amounts[resource]));
    if (cores) this.columns(dedicatedCpuResource).used.add(row, sign * soundAmount(amounts.cpu));
  }

  #countPriority({ priority }: MachineRequest, change: 1 | -1): void {
    const count = (this.#priorities.get(priority) ?? 0) + change;
    if (count > 0) this.#priorities.set(priority, count);
    else this.#priorities.delete(priority);
  }

  #countPort(row: number, key: string, change: 1 | -1): void {
    this.#ports[row] ??= new Map();
    const ports = this.#ports[row];
    const count = (ports.get(key) ?? 0) + change;
    if (count > 0) ports.set(key, count);
    else ports.delete(key);
  }
}

/** Whether two plain values say the same, keys in any order being another saying: at worst work is done twice. */
function equal(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

import type { Amounts } from '../amounts.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';
import { Column } from './column.ts';
import type { Host } from './host.ts';

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
  readonly machines = new Map<string, PlacedMachine>();
  /** Machines that keep others away or together by required anti-affinity; few, so they are kept apart. */
  readonly repelling = new Map<string, PlacedMachine>();
  /** Labels of namespaces, for affinity terms that choose namespaces by label. */
  readonly namespaceLabels = new Map<string, Readonly<Record<string, string>>>();
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #resources = new Map<string, ResourceColumns>();
  readonly #ports: Map<string, number>[] = [];
  readonly #waiting = new Map<string, { readonly request: MachineRequest; readonly host: string }>();

  /** Rows to walk through; some may hold no host. */
  get rowCount(): number {
    return this.hosts.length;
  }

  get hostCount(): number {
    return this.#rows.size;
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

  setHost(host: Host): void {
    let row = this.#rows.get(host.name);
    const isNew = row === undefined;
    row ??= this.#free.pop() ?? this.hosts.length;
    this.hosts[row] = host;
    this.#rows.set(host.name, row);
    this.#ports[row] ??= new Map();
    for (const resource in host.capacity) this.columns(resource);
    for (const [resource, { capacity, used }] of this.#resources) {
      capacity.set(row, host.capacity[resource] ?? 0);
      used.reach(row);
    }
    if (!isNew) return;
    for (const [uid, { request, host: name }] of this.#waiting) {
      if (name !== host.name) continue;
      this.#waiting.delete(uid);
      this.put(request, name);
    }
  }

  removeHost(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    const left = [...this.machines.values()].filter((machine) => machine.row === row);
    for (const { request } of left) {
      this.remove(request.uid);
      this.#waiting.set(request.uid, { request, host: name });
    }
    this.hosts[row] = undefined;
    this.#rows.delete(name);
    this.#free.push(row);
    for (const { capacity } of this.#resources.values()) capacity.set(row, 0);
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
    const machine = { request, row };
    this.machines.set(request.uid, machine);
    if (request.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length) {
      this.repelling.set(request.uid, machine);
    }
    this.#account(row, request.amounts, 1);
    for (const port of request.ports) this.#countPort(row, portKey(port), 1);
  }

  remove(uid: string): void {
    this.#waiting.delete(uid);
    const machine = this.machines.get(uid);
    if (!machine) return;
    this.machines.delete(uid);
    this.repelling.delete(uid);
    this.#account(machine.row, machine.request.amounts, -1);
    for (const port of machine.request.ports) this.#countPort(machine.row, portKey(port), -1);
  }

  /** Where a machine is, or is to be. */
  hostOf(uid: string): string | undefined {
    const machine = this.machines.get(uid);
    return machine ? this.hosts[machine.row]?.name : this.#waiting.get(uid)?.host;
  }

  /** A snapshot of its own, to try things out on. */
  copy(): Snapshot {
    const copy = new Snapshot();
    for (const host of this.hosts) if (host) copy.setHost(host);
    for (const { request, row } of this.machines.values()) copy.put(request, this.hosts[row]?.name ?? '');
    for (const { request, host } of this.#waiting.values()) copy.put(request, host);
    for (const [name, labels] of this.namespaceLabels) copy.namespaceLabels.set(name, labels);
    return copy;
  }

  #account(row: number, amounts: Amounts, sign: 1 | -1): void {
    for (const resource in amounts) this.columns(resource).used.add(row, sign * (amounts[resource] as number));
  }

  #countPort(row: number, key: string, change: 1 | -1): void {
    const ports = this.#ports[row] as Map<string, number>;
    const count = (ports.get(key) ?? 0) + change;
    if (count > 0) ports.set(key, count);
    else ports.delete(key);
  }
}

import type { GpuRequest } from '../request/machine-request.ts';
import { chooseDevices, WHOLE_DEVICE } from '../snapshot/device-table.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { SEQUENCES, type UsualMachines } from './usual-machines.ts';

/** More GPUs than any host has; the rest of a larger host is not looked at. */
const MOST_DEVICES = 64;

/** Tries out how many GPUs of a host could still be given away. */
export class Usefulness {
  readonly #snapshot: Snapshot;
  readonly #usual: UsualMachines;
  readonly #epoch: number;
  readonly #free = new Int32Array(MOST_DEVICES);
  readonly #trial = new Int32Array(MOST_DEVICES);
  /** By row: what was found out, and at which change of the row. */
  readonly #now: Float64Array;
  readonly #foundAt: Float64Array;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#usual = snapshot.usual;
    this.#epoch = snapshot.usual.epoch;
    this.#now = new Float64Array(snapshot.rowCount);
    this.#foundAt = new Float64Array(snapshot.rowCount).fill(-1);
  }

  /** Whether it knows as many hosts and usual machines as there are. */
  get isCurrent(): boolean {
    return this.#epoch === this.#usual.epoch && this.#now.length === this.#snapshot.rowCount;
  }

  /** How many GPUs less could be given away, to usual machines, once a machine with these needs is on the host. */
  loss(row: number, cpu: number, memory: number, gpu: GpuRequest | undefined): number {
    const free = this.#snapshot.gpus.free(row);
    if (free.length === 0) return 0;
    const before = this.#before(row, free);
    this.#take(free);
    for (const device of gpu ? (chooseDevices(free, gpu.count, gpu.share) ?? []) : []) {
      this.#free[device] = (this.#free[device] as number) - (gpu?.share ?? 0);
    }
    const after = this.#tryOut(
      this.#snapshot.free('cpu', row) - cpu,
      this.#snapshot.free('memory', row) - memory,
      free.length,
    );
    return before - after;
  }

  #before(row: number, free: Int32Array): number {
    const changedAt = this.#snapshot.journal.lastChange(row);
    if (this.#foundAt[row] !== changedAt) {
      this.#take(free);
      const { cpu, memory } = { cpu: this.#snapshot.free('cpu', row), memory: this.#snapshot.free('memory', row) };
      this.#now[row] = this.#tryOut(cpu, memory, free.length);
      this.#foundAt[row] = changedAt;
    }
    return this.#now[row] as number;
  }

  #take(free: Int32Array): void {
    for (let device = 0; device < free.length && device < MOST_DEVICES; device++) {
      this.#free[device] = free[device] as number;
    }
  }

  /** The mean, over all sequences, of the GPUs that its machines get when they come one after the other. */
  #tryOut(cpu: number, memory: number, devices: number): number {
    let given = 0;
    for (let sequence = 0; sequence < SEQUENCES; sequence++) given += this.#tryOne(sequence, cpu, memory, devices);
    return given / SEQUENCES / WHOLE_DEVICE;
  }

  #tryOne(sequence: number, cpu: number, memory: number, devices: number): number {
    const { size, cpu: cpus, memory: memories, count: counts, share: shares } = this.#usual;
    const trial = this.#trial;
    for (let device = 0; device < devices; device++) trial[device] = this.#free[device] as number;
    let given = 0;
    let cpuLeft = cpu;
    let memoryLeft = memory;
    for (let at = sequence; at < size; at += SEQUENCES) {
      if ((cpus[at] as number) > cpuLeft || (memories[at] as number) > memoryLeft) continue;
      const share = shares[at] as number;
      const count = counts[at] as number;
      if (!give(trial, devices, count, share)) continue;
      cpuLeft -= cpus[at] as number;
      memoryLeft -= memories[at] as number;
      given += count * share;
    }
    return given;
  }
}

/** Gives devices as `chooseDevices` would, if there are enough; says whether. It is in the innermost of all loops. */
function give(free: Int32Array, devices: number, count: number, share: number): boolean {
  if (count === 1) {
    let best = -1;
    for (let device = 0; device < devices; device++) {
      const left = free[device] as number;
      if (left >= share && (best < 0 || left < (free[best] as number))) best = device;
    }
    if (best < 0) return false;
    free[best] = (free[best] as number) - share;
    return true;
  }
  let found = 0;
  for (let device = 0; device < devices; device++) if ((free[device] as number) >= share) found++;
  if (found < count) return false;
  let wanted = count;
  for (let device = 0; wanted > 0; device++) {
    if ((free[device] as number) < share) continue;
    free[device] = (free[device] as number) - share;
    wanted--;
  }
  return true;
}

import type { MachineRequest } from '../request/machine-request.ts';

/** A whole device, in thousandths. */
export const WHOLE_DEVICE = 1000;

const NONE: Int32Array = new Int32Array(0);

/**
 * What is left of each single GPU of each host, in thousandths. Devices are given by number: some wholly, to
 * one machine, some in parts. A machine whose devices nobody has chosen gets those that `chooseDevices` names.
 */
export class DeviceTable {
  readonly #free: Int32Array[] = [];
  readonly #given = new Map<string, readonly number[]>();

  /** A host has this many devices; machines that are there keep theirs. */
  setHost(row: number, count: number): void {
    const before = this.#free[row] ?? NONE;
    if (before.length === count) return;
    const after = new Int32Array(count).fill(WHOLE_DEVICE);
    after.set(before.subarray(0, count));
    this.#free[row] = after;
  }

  /** Thousandths left, by device. */
  free(row: number): Int32Array {
    return this.#free[row] ?? NONE;
  }

  put({ uid, gpu }: MachineRequest, row: number): void {
    if (!gpu) return;
    const free = this.free(row);
    const devices = gpu.devices ?? chooseDevices(free, gpu.count, gpu.share) ?? [];
    this.#given.set(uid, devices);
    for (const device of devices) if (device < free.length) free[device] = (free[device] as number) - gpu.share;
  }

  remove({ uid, gpu }: MachineRequest, row: number): void {
    const devices = this.#given.get(uid);
    if (!gpu || !devices) return;
    this.#given.delete(uid);
    const free = this.free(row);
    for (const device of devices) if (device < free.length) free[device] = (free[device] as number) + gpu.share;
  }

  /** The devices that a machine has. */
  of(uid: string): readonly number[] | undefined {
    return this.#given.get(uid);
  }
}

/**
 * Devices for a machine: the fullest that still have room for a part, the first ones that are wholly free
 * otherwise. Undefined when there are not enough.
 */
export function chooseDevices(free: Int32Array, count: number, share: number): readonly number[] | undefined {
  if (share < WHOLE_DEVICE && count === 1) {
    let best = -1;
    for (let device = 0; device < free.length; device++) {
      const left = free[device] as number;
      if (left >= share && (best < 0 || left < (free[best] as number))) best = device;
    }
    return best < 0 ? undefined : [best];
  }
  const devices: number[] = [];
  for (let device = 0; device < free.length && devices.length < count; device++) {
    if ((free[device] as number) >= share) devices.push(device);
  }
  return devices.length === count ? devices : undefined;
}

/** A whole device, in thousandths. */
export const WHOLE_DEVICE = 1000;

const NONE: Int32Array = new Int32Array(0);

/** What a machine takes of single devices: so much of each of so many; and which, once they are chosen. */
export interface DeviceRequest {
  readonly count: number;
  readonly share: number;
  readonly devices?: readonly number[];
}

/**
 * What is left of each single device of each host: thousandths of GPUs, or whole cores of NUMA nodes. Devices are
 * given by number. A machine whose devices nobody has chosen gets those that `chooseDevices` names.
 */
export class DeviceTable {
  readonly #size: (readonly number[] | undefined)[] = [];
  readonly #free: Int32Array[] = [];

  /** A host has devices of these sizes; what machines have of them stays theirs. */
  setHost(row: number, sizes: readonly number[]): void {
    const before = this.#free[row] ?? NONE;
    const size = this.#size[row] ?? [];
    // What a device that was not there before has given out is not known: nothing.
    this.#free[row] = Int32Array.from(sizes, (each, device) => each - ((size[device] ?? 0) - (before[device] ?? 0)));
    this.#size[row] = sizes;
  }

  /** What is left, by device. */
  free(row: number): Int32Array {
    return this.#free[row] ?? NONE;
  }

  /** Gives devices to a machine; returns what it asked for with those that it got. */
  put<Request extends DeviceRequest>(request: Request, row: number): Request & { readonly devices: readonly number[] } {
    const free = this.free(row);
    const devices = request.devices ?? chooseDevices(free, request.count, request.share) ?? [];
    for (const device of devices) {
      if (device < free.length) free[device] = (free[device] as number) - request.share;
    }
    return { ...request, devices };
  }

  remove({ share, devices = [] }: DeviceRequest, row: number): void {
    const free = this.free(row);
    for (const device of devices) if (device < free.length) free[device] = (free[device] as number) + share;
  }
}

/**
 * Devices for a machine: of those with enough left, the fullest for one, the first for several. Undefined when
 * there are not enough.
 */
export function chooseDevices(free: Int32Array, count: number, share: number): readonly number[] | undefined {
  if (count === 1) {
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

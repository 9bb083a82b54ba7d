import { SeededRandom } from '@godwit/base';
import type { MachineRequest } from '../request/machine-request.ts';

/** How many sequences of usual machines are tried on a host, and how long each is. */
export const SEQUENCES = 16;
export const SEQUENCE_LENGTH = 32;
const SAMPLES = SEQUENCES * SEQUENCE_LENGTH;

/** How many machines are known by name, so that one that asks again and again counts once. */
const MOST_NAMES = 2 ** 14;
/** What usually comes is settled for the first time after so many machines, then at every doubling. */
const FIRST_EPOCH = 16;

/**
 * A fair sample of all machines with GPUs that have asked for a host (Vitter's algorithm R). What is read here
 * changes only when an epoch ends, so that answers made from it can be kept for long.
 */
export class UsualMachines {
  /** Thousandths of a core, bytes, devices and thousandths of each, by place in the sample. */
  readonly cpu = new Float64Array(SAMPLES);
  readonly memory = new Float64Array(SAMPLES);
  readonly count = new Int32Array(SAMPLES);
  readonly share = new Int32Array(SAMPLES);
  readonly #random = new SeededRandom(1);
  readonly #sample: MachineRequest[] = [];
  #names = new Set<string>();
  #seen = 0;
  #epoch = 0;
  #size = 0;

  /** Another number whenever the sample is another. */
  get epoch(): number {
    return this.#epoch;
  }

  /** How many places of the sample are taken. */
  get size(): number {
    return this.#size;
  }

  learn(request: MachineRequest): void {
    if (!request.gpu || this.#names.has(request.uid)) return;
    if (this.#names.size >= MOST_NAMES) this.#names = new Set();
    this.#names.add(request.uid);
    this.#seen++;
    const at = this.#sample.length < SAMPLES ? this.#sample.length : this.#random.integer(this.#seen);
    if (at < SAMPLES) this.#sample[at] = request;
    if (this.#seen >= FIRST_EPOCH * 2 ** this.#epoch || this.#epoch === 0) this.#settle();
  }

  #settle(): void {
    this.#epoch++;
    this.#size = this.#sample.length;
    for (const [at, { amounts, gpu }] of this.#sample.entries()) {
      this.cpu[at] = amounts.cpu ?? 0;
      this.memory[at] = amounts.memory ?? 0;
      this.count[at] = gpu?.count ?? 0;
      this.share[at] = gpu?.share ?? 0;
    }
  }
}

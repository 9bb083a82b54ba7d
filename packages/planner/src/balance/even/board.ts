/**
 * A quantity that should be the same share of every host. A machine adds `home[m]` to the host where it runs and
 * `mirror[m]` to the one that mirrors it; `base` is what a host has anyway; all of it divided by `scale`.
 */
export interface Measure {
  readonly name: string;
  readonly weight: number;
  readonly base: Float64Array;
  readonly scale: Float64Array;
  readonly home: Float64Array;
  readonly mirror: Float64Array;
}

/** What a host has no more of than so much, in the units of `home` and `mirror`. */
export interface Limit {
  readonly name: string;
  readonly room: Float64Array;
  readonly home: Float64Array;
  readonly mirror: Float64Array;
}

/** What failing over costs: the host that mirrors machines keeps memory for the worst single failure. */
export interface FailoverWeights {
  /** Of the standard deviation of the reserved share. */
  readonly spread: number;
  /** Of the sum of reserved shares. */
  readonly sum: number;
  /** Of each machine on a host that has less free than it must reserve. */
  readonly unsafe: number;
}

export interface BoardInput {
  readonly hosts: number;
  /** Host where each machine runs, and the one that mirrors it; -1 where none does. */
  readonly home: Int32Array;
  readonly mirror: Int32Array;
  readonly measures: readonly Measure[];
  readonly limits: readonly Limit[];
  /** Memory of machines; total and free memory of hosts without any of these machines. */
  readonly memory: Float64Array;
  readonly totalMemory: Float64Array;
  readonly freeMemory: Float64Array;
  readonly failover: FailoverWeights;
  /** Whether a host may have a machine at all; any may when absent. */
  readonly allows?: (machine: number, host: number) => boolean;
}

/**
 * Where machines are and how even that is: the weighted sum of standard deviations of {@link Measure}s over the
 * hosts, and of what failing over takes. {@link change} answers in constant time what a move would do to it.
 */
export class Board {
  readonly input: BoardInput;
  readonly home: Int32Array;
  readonly mirror: Int32Array;
  /** By measure and host. */
  readonly #shares: readonly Float64Array[];
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #rooms: readonly Float64Array[];
  readonly #free: Float64Array;
  readonly #machines: Int32Array;
  /** Memory that host h mirrors for machines at home on host p, at `h * hosts + p`. */
  readonly #mirrored: Float64Array;
  readonly #largest: Float64Array;
  readonly #largestAt: Int32Array;
  readonly #second: Float64Array;
  #reservedSum = 0;
  #reservedSquares = 0;
  #unsafe = 0;
  #moves = 0;
  // The hosts that a move concerns, at most four, and what it does to each.
  readonly #touched = new Int32Array(4);
  readonly #comesHome = new Int32Array(4);
  readonly #comesToMirror = new Int32Array(4);
  #touchedCount = 0;

  constructor(input: BoardInput) {
    const { hosts } = input;
    this.input = input;
    this.home = input.home.slice();
    this.mirror = input.mirror.slice();
    this.#shares = input.measures.map(({ base, scale }) => base.map((value, host) => value / (scale[host] as number)));
    this.#sums = new Float64Array(input.measures.length);
    this.#squares = new Float64Array(input.measures.length);
    this.#rooms = input.limits.map(({ room }) => room.slice());
    this.#free = input.freeMemory.slice();
    this.#machines = new Int32Array(hosts);
    this.#mirrored = new Float64Array(this.mirror.some((host) => host >= 0) ? hosts * hosts : 0);
    this.#largest = new Float64Array(hosts);
    this.#largestAt = new Int32Array(hosts).fill(-1);
    this.#second = new Float64Array(hosts);
    this.home.forEach((home, machine) => this.#count(machine, home, this.mirror[machine] as number, 1));
    for (let host = 0; host < hosts; host++) this.#findLargest(host);
    this.#sum();
  }

  /** The lower the better. */
  get score(): number {
    const { hosts, measures, failover } = this.input;
    let score = 0;
    measures.forEach(({ weight }, index) => {
      score += weight * deviation(this.#sums[index] as number, this.#squares[index] as number, hosts);
    });
    score += failover.spread * deviation(this.#reservedSum, this.#reservedSquares, hosts);
    return score + failover.sum * this.#reservedSum + failover.unsafe * this.#unsafe;
  }

  /** Machines on hosts that have less free than they must reserve. */
  get unsafe(): number {
    return this.#unsafe;
  }

  /** Counts a machine in (1) or out (-1), at its home and at its mirror. */
  #count(machine: number, home: number, mirror: number, sign: 1 | -1): void {
    const { measures, limits, memory, hosts } = this.input;
    for (let index = 0; index < measures.length; index++) {
      const measure = measures[index] as Measure;
      this.#shift(index, home, sign * (measure.home[machine] as number));
      if (mirror >= 0) this.#shift(index, mirror, sign * (measure.mirror[machine] as number));
    }
    for (let index = 0; index < limits.length; index++) {
      const limit = limits[index] as Limit;
      const room = this.#rooms[index] as Float64Array;
      room[home] = (room[home] as number) - sign * (limit.home[machine] as number);
      if (mirror >= 0) room[mirror] = (room[mirror] as number) - sign * (limit.mirror[machine] as number);
    }
    const size = memory[machine] as number;
    this.#free[home] = (this.#free[home] as number) - sign * size;
    this.#machines[home] = (this.#machines[home] as number) + sign;
    if (mirror < 0) return;
    this.#machines[mirror] = (this.#machines[mirror] as number) + sign;
    this.#mirrored[mirror * hosts + home] = (this.#mirrored[mirror * hosts + home] as number) + sign * size;
  }

  #shift(index: number, host: number, amount: number): void {
    if (amount === 0) return;
    const shares = this.#shares[index] as Float64Array;
    const share = shares[host] as number;
    const change = amount / (this.input.measures[index]?.scale[host] as number);
    shares[host] = share + change;
    this.#sums[index] = (this.#sums[index] as number) + change;
    this.#squares[index] = (this.#squares[index] as number) + change * (2 * share + change);
  }

  #findLargest(host: number): void {
    if (this.#mirrored.length === 0) return;
    const { hosts } = this.input;
    let largest = 0;
    let second = 0;
    let at = -1;
    for (let home = 0; home < hosts; home++) {
      const size = this.#mirrored[host * hosts + home] as number;
      if (size > largest) {
        second = largest;
        largest = size;
        at = home;
      } else if (size > second) second = size;
    }
    this.#largest[host] = largest;
    this.#largestAt[host] = at;
    this.#second[host] = second;
  }

  #sum(): void {
    this.#shares.forEach((shares, index) => {
      let sum = 0;
      let squares = 0;
      for (const share of shares) {
        sum += share;
        squares += share * share;
      }
      this.#sums[index] = sum;
      this.#squares[index] = squares;
    });
    this.#reservedSum = 0;
    this.#reservedSquares = 0;
    this.#unsafe = 0;
    for (let host = 0; host < this.input.hosts; host++) this.#reserve(host, 1);
  }

  /** Counts what a host reserves in (1) or out (-1). */
  #reserve(host: number, sign: 1 | -1): void {
    const share = (this.#largest[host] as number) / (this.input.totalMemory[host] as number);
    this.#reservedSum += sign * share;
    this.#reservedSquares += sign * share * share;
    if (this.isUnsafe(host)) this.#unsafe += sign * (this.#machines[host] as number);
  }

  /** A host that must reserve more memory than it has free. */
  isUnsafe(host: number): boolean {
    return (this.#largest[host] as number) > (this.#free[host] as number);
  }

  #touch(host: number, home: number, mirror: number): void {
    if (host < 0) return;
    let at = 0;
    while (at < this.#touchedCount && this.#touched[at] !== host) at++;
    if (at === this.#touchedCount) {
      this.#touchedCount++;
      this.#touched[at] = host;
      this.#comesHome[at] = 0;
      this.#comesToMirror[at] = 0;
    }
    this.#comesHome[at] = (this.#comesHome[at] as number) + home;
    this.#comesToMirror[at] = (this.#comesToMirror[at] as number) + mirror;
  }

  /** Takes down which hosts a move concerns, and whether the machine comes to each (1), leaves it (-1), or neither. */
  #touchAll(machine: number, home: number, mirror: number): void {
    this.#touchedCount = 0;
    this.#touch(this.home[machine] as number, -1, 0);
    this.#touch(this.mirror[machine] as number, 0, -1);
    this.#touch(home, 1, 0);
    this.#touch(mirror, 0, 1);
  }

  /**
   * The score if the machine went there, or infinity where it may not: no room, or a host that is safe now and
   * would not be any more. Constant time, and allocates nothing: a search asks it a million times.
   */
  scoreAfter(machine: number, home: number, mirror: number): number {
    if (home === mirror) return Number.POSITIVE_INFINITY;
    this.#touchAll(machine, home, mirror);
    if (!this.#hasRoom(machine) || !this.#isAllowed(machine)) return Number.POSITIVE_INFINITY;
    return this.#failoverAfter(machine, home, mirror) + this.#measuresAfter(machine);
  }

  /** Where the machine comes to, not where it already is. */
  #isAllowed(machine: number): boolean {
    const { allows } = this.input;
    if (!allows) return true;
    for (let k = 0; k < this.#touchedCount; k++) {
      const comes = (this.#comesHome[k] as number) + (this.#comesToMirror[k] as number) > 0;
      if (comes && !allows(machine, this.#touched[k] as number)) return false;
    }
    return true;
  }

  #hasRoom(machine: number): boolean {
    const { limits } = this.input;
    for (let index = 0; index < limits.length; index++) {
      const { home, mirror } = limits[index] as Limit;
      const room = this.#rooms[index] as Float64Array;
      for (let k = 0; k < this.#touchedCount; k++) {
        const host = this.#touched[k] as number;
        const need =
          (this.#comesHome[k] as number) * (home[machine] as number) +
          (this.#comesToMirror[k] as number) * (mirror[machine] as number);
        if (need > 0 && need >= (room[host] as number)) return false;
      }
    }
    return true;
  }

  #failoverAfter(machine: number, home: number, mirror: number): number {
    const { failover, hosts, memory, totalMemory } = this.input;
    const size = memory[machine] as number;
    let sum = this.#reservedSum;
    let squares = this.#reservedSquares;
    let unsafe = this.#unsafe;
    for (let k = 0; k < this.#touchedCount; k++) {
      const host = this.#touched[k] as number;
      const comesHome = this.#comesHome[k] as number;
      const freeBefore = this.#free[host] as number;
      const free = freeBefore - comesHome * size;
      if (comesHome > 0 && free <= 0) return Number.POSITIVE_INFINITY;
      const before = this.#largest[host] as number;
      const after = this.#largestAfter(machine, host, home, mirror);
      const wasUnsafe = before > freeBefore;
      const isUnsafe = after > free;
      if (isUnsafe && !wasUnsafe) return Number.POSITIVE_INFINITY;
      if (wasUnsafe) unsafe -= this.#machines[host] as number;
      if (isUnsafe) unsafe += (this.#machines[host] as number) + comesHome + (this.#comesToMirror[k] as number);
      if (after === before) continue;
      const total = totalMemory[host] as number;
      sum += (after - before) / total;
      squares += (after * after - before * before) / (total * total);
    }
    return failover.spread * deviation(sum, squares, hosts) + failover.sum * sum + failover.unsafe * unsafe;
  }

  /** The most that a host would have to reserve for one other host's failure. */
  #largestAfter(machine: number, host: number, home: number, mirror: number): number {
    const oldHome = this.home[machine] as number;
    const oldMirror = this.mirror[machine] as number;
    let largest = this.#largest[host] as number;
    if (home === oldHome && mirror === oldMirror) return largest;
    const { hosts, memory } = this.input;
    const size = memory[machine] as number;
    if (host === oldMirror && this.#largestAt[host] === oldHome) {
      largest = Math.max(this.#second[host] as number, (this.#mirrored[host * hosts + oldHome] as number) - size);
    }
    return host === mirror ? Math.max(largest, (this.#mirrored[host * hosts + home] as number) + size) : largest;
  }

  #measuresAfter(machine: number): number {
    const { measures, hosts } = this.input;
    let score = 0;
    for (let index = 0; index < measures.length; index++) {
      const { home, mirror, scale, weight } = measures[index] as Measure;
      const shares = this.#shares[index] as Float64Array;
      const atHome = home[machine] as number;
      const atMirror = mirror[machine] as number;
      let sum = this.#sums[index] as number;
      let squares = this.#squares[index] as number;
      for (let k = 0; k < this.#touchedCount; k++) {
        const host = this.#touched[k] as number;
        const more = (this.#comesHome[k] as number) * atHome + (this.#comesToMirror[k] as number) * atMirror;
        if (more === 0) continue;
        const change = more / (scale[host] as number);
        sum += change;
        squares += change * (2 * (shares[host] as number) + change);
      }
      score += weight * deviation(sum, squares, hosts);
    }
    return score;
  }

  move(machine: number, home: number, mirror: number): void {
    this.#touchAll(machine, home, mirror);
    for (let k = 0; k < this.#touchedCount; k++) this.#reserve(this.#touched[k] as number, -1);
    this.#count(machine, this.home[machine] as number, this.mirror[machine] as number, -1);
    this.#count(machine, home, mirror, 1);
    this.home[machine] = home;
    this.mirror[machine] = mirror;
    for (let k = 0; k < this.#touchedCount; k++) {
      const host = this.#touched[k] as number;
      this.#findLargest(host);
      this.#reserve(host, 1);
    }
    // Sums that are added to a million times drift.
    if (++this.#moves % EXACT_AGAIN === 0) this.#sum();
  }
}

const EXACT_AGAIN = 1024;

/** Standard deviation of a population from its sum and sum of squares. */
function deviation(sum: number, squares: number, count: number): number {
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  return variance > 0 ? Math.sqrt(variance) : 0;
}

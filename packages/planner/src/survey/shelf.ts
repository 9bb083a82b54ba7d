import { OUT, Tournament } from './tournament.ts';

const FIRST_SIZE = 16;

/** Hosts of one group that have about as much room, and a tournament among them. Grows by doubling. */
export class Shelf {
  /** Which group they are in, and levels of room for processors and memory. */
  readonly group: number;
  readonly cpu: number;
  readonly memory: number;
  rows = new Int32Array(FIRST_SIZE);
  tournament = new Tournament(FIRST_SIZE);
  count = 0;

  constructor(group: number, cpu: number, memory: number) {
    this.group = group;
    this.cpu = cpu;
    this.memory = memory;
  }

  /** Returns the slot that the row got. */
  put(row: number, points: number): number {
    const slot = this.prepare(row, OUT);
    this.tournament.set(slot, points);
    return slot;
  }

  /** The same without a tournament; `settle` has one for all that were prepared. */
  prepare(row: number, points: number): number {
    if (this.count === this.rows.length) this.#grow();
    this.rows[this.count] = row;
    this.tournament.prepare(this.count, points);
    return this.count++;
  }

  settle(): void {
    this.tournament.settle();
  }

  /** Takes a row away. Returns the row that has got its slot now; -1 where none has. */
  take(slot: number): number {
    const last = --this.count;
    const moved = slot === last ? -1 : (this.rows[last] as number);
    if (moved >= 0) {
      this.rows[slot] = moved;
      this.tournament.set(slot, this.tournament.get(last));
    }
    this.tournament.set(last, OUT);
    return moved;
  }

  #grow(): void {
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    const tournament = new Tournament(rows.length);
    for (let slot = 0; slot < this.count; slot++) tournament.prepare(slot, this.tournament.get(slot));
    tournament.settle();
    this.rows = rows;
    this.tournament = tournament;
  }
}

/** Room is told in steps of a sixth to a fifth: so many to a doubling. */
const LEVELS_A_DOUBLING = 4;
/** One more than the highest level: 2⁵³ of anything, given out a hundred times. */
export const LEVELS = 256;

/** The level of an amount: never lower than that of a smaller amount. What is less than 1, or no number, is on level 0. */
export function levelOf(amount: number): number {
  return amount >= 1 ? Math.min(LEVELS - 1, 1 + Math.floor(LEVELS_A_DOUBLING * Math.log2(amount))) : 0;
}

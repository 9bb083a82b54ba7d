import type { HostTest } from '../filters/index.ts';
import { cpuRoom, roomOf } from '../filters/index.ts';
import { REASON_COUNT, type Reason, reasons } from '../reason.ts';
import type { HostScore } from '../scores/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Follower, type Keeper } from './follower.ts';
import type { Grouping } from './grouping.ts';
import { type Offer, Offers } from './offers.ts';
import {
  firstReason,
  placeReason,
  prepareHostPoints,
  prepareHostTests,
  preparePlacePoints,
  type Question,
} from './question.ts';
import { insert } from './scan.ts';
import { LEVELS, levelOf, Shelf } from './shelf.ts';
import type { Candidate, Survey } from './survey.ts';

/** Hosts that will do and are looked at closely; and how many are looked at in all before every one is. */
const CLOSE_ENOUGH = 16;
const CLOSE_LOOKS = 512;
/** So many hosts of a shelf may not do before the next shelf is tried. */
const MOST_MISSES = 12;

/** Marks a row without a host. */
const NOBODY = 255;

/**
 * Hosts sorted by how much processor time and memory they have left, and on each shelf by what they answer to a
 * question from which those amounts are left out. So one sorting serves machines of all sizes: hosts with too little
 * room are not looked at, and the best of each shelf with enough are looked at closely.
 */
export class Shelves implements Keeper {
  readonly #grouping: Grouping;
  readonly #follower = new Follower();
  readonly #byLevels = new Map<number, Shelf>();
  /** Those of them that hold somebody. */
  #shelves: Shelf[] = [];
  readonly #shelfOf: (Shelf | undefined)[];
  readonly #slotOf: Int32Array;
  readonly #reasons: Uint8Array;
  /** How many hosts were turned down by themselves, by reason; at 0 those on shelves. */
  readonly #counts = new Uint32Array(REASON_COUNT);
  #tests: readonly HostTest[] = [];
  #points: HostScore = () => 0;
  #cpu: HostScore = () => 0;
  #memory: HostScore = () => 0;
  /** What the first host has in all; and whether all have as much. */
  #size: { readonly cpu: number; readonly memory: number } | undefined;
  #isUniform = true;

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
    const rows = grouping.groupOf.length;
    this.#shelfOf = Array.from({ length: rows }, () => undefined);
    this.#slotOf = new Int32Array(rows);
    this.#reasons = new Uint8Array(rows).fill(NOBODY);
  }

  prepare(question: Question): void {
    const { snapshot, request, policy } = question;
    this.#tests = prepareHostTests(question);
    this.#points = prepareHostPoints(question);
    this.#cpu = cpuRoom(request, snapshot, policy);
    this.#memory = roomOf('memory', snapshot, policy);
  }

  askAll(question: Question): void {
    this.#byLevels.clear();
    this.#shelves = [];
    this.#shelfOf.fill(undefined);
    this.#counts.fill(0);
    this.#reasons.fill(NOBODY);
    this.#size = undefined;
    this.#isUniform = true;
    for (let row = 0; row < this.#shelfOf.length; row++) {
      const shelf = this.#ask(question, row);
      if (!shelf) continue;
      this.#welcome(question, row, shelf);
      this.#slotOf[row] = shelf.prepare(row, this.#points(row));
    }
    for (const shelf of this.#shelves) shelf.settle();
  }

  askAgain(question: Question, row: number): void {
    const old = this.#shelfOf[row];
    const shelf = this.#ask(question, row);
    if (shelf && shelf === old) {
      shelf.tournament.set(this.#slotOf[row] as number, this.#points(row));
      return;
    }
    if (old) this.#takeFrom(old, row);
    this.#shelfOf[row] = undefined;
    if (!shelf) return;
    this.#welcome(question, row, shelf);
    this.#slotOf[row] = shelf.put(row, this.#points(row));
  }

  /** Counts what the host answers; the shelf for it if it will do. */
  #ask({ snapshot }: Question, row: number): Shelf | undefined {
    const isThere = snapshot.states.values[row] !== 0;
    const reason = isThere ? firstReason(this.#tests, row) : NOBODY;
    const before = this.#reasons[row] as number;
    if (before !== NOBODY) this.#counts[before] = (this.#counts[before] as number) - 1;
    if (reason !== NOBODY) this.#counts[reason] = (this.#counts[reason] as number) + 1;
    this.#reasons[row] = reason;
    return reason === reasons.passes ? this.#shelfFor(row) : undefined;
  }

  #welcome({ snapshot }: Question, row: number, shelf: Shelf): void {
    this.#measure(snapshot, row);
    this.#shelfOf[row] = shelf;
    if (shelf.count === 0) this.#shelves.push(shelf);
  }

  #measure(snapshot: Snapshot, row: number): void {
    const cpu = snapshot.columns('cpu').capacity.values[row] ?? 0;
    const memory = snapshot.columns('memory').capacity.values[row] ?? 0;
    this.#size ??= { cpu, memory };
    if (this.#size.cpu !== cpu || this.#size.memory !== memory) this.#isUniform = false;
  }

  #shelfFor(row: number): Shelf {
    const group = this.#grouping.groupOf[row] as number;
    const cpu = levelOf(this.#cpu(row));
    const memory = levelOf(this.#memory(row));
    const name = (group * LEVELS + cpu) * LEVELS + memory;
    let shelf = this.#byLevels.get(name);
    if (!shelf) {
      shelf = new Shelf(group, cpu, memory);
      this.#byLevels.set(name, shelf);
    }
    return shelf;
  }

  #takeFrom(shelf: Shelf, row: number): void {
    const slot = this.#slotOf[row] as number;
    const moved = shelf.take(slot);
    if (moved >= 0) this.#slotOf[moved] = slot;
    if (shelf.count > 0) return;
    const last = this.#shelves.pop() as Shelf;
    if (last !== shelf) this.#shelves[this.#shelves.indexOf(shelf)] = last;
  }

  /**
   * Good hosts for a machine, and one whenever there is one.
   * @param common the part of the question that the shelves are sorted by
   * @param wished rows to look at whatever shelf they are on
   */
  survey(question: Question, common: Question, start: number, wished: Iterable<number>): Survey {
    this.#follower.refresh(common, this);
    const counts = this.#counts.slice();
    counts[reasons.passes] = 0;
    const shelves = this.#large(question, counts);
    const look = new CloseLook(question);
    for (const row of wished) {
      const shelf = this.#shelfOf[row];
      if (shelf && shelves.has(shelf)) look.at(row);
    }
    this.#lookAtBest(shelves, question, start, look);
    if (look.best.length === 0) {
      for (const { rows, count } of shelves.keys())
        for (let slot = 0; slot < count; slot++) look.at(rows[slot] as number);
    }
    return { best: look.best, counts, atLeast: true };
  }

  /** The shelves whose hosts may have room enough, and the points of their place; counts who has not. */
  #large(question: Question, counts: Uint32Array): ReadonlyMap<Shelf, number> {
    const { amounts } = question.request;
    const cpu = levelOf(amounts.cpu ?? 0);
    const memory = levelOf(amounts.memory ?? 0);
    const placePoints = preparePlacePoints(question);
    const groups = this.#grouping.groups.map(({ places }) => {
      const reason = placeReason(question, places);
      return { reason, bonus: reason === reasons.passes ? placePoints(places) : 0 };
    });
    const large = new Map<Shelf, number>();
    for (const shelf of this.#shelves) {
      const { reason, bonus } = groups[shelf.group] as { readonly reason: Reason; readonly bonus: number };
      const lack = shelf.memory < memory ? reasons.lacksMemory : shelf.cpu < cpu ? reasons.lacksCpu : reason;
      if (lack === reasons.passes) large.set(shelf, bonus);
      else counts[lack] = (counts[lack] as number) + shelf.count;
    }
    return large;
  }

  #lookAtBest(shelves: ReadonlyMap<Shelf, number>, question: Question, start: number, look: CloseLook): void {
    const misses = new Map<Offer, number>();
    const list = [...shelves].map(([shelf, bonus]): Offer => {
      const { tournament, rows, count } = shelf;
      const first = start % count;
      return { tournament, rows, bonus: bonus + this.#shift(shelf, first, look), start: first };
    });
    const offers = new Offers(list, start, question.snapshot.rowCount);
    for (let looks = 0; looks < CLOSE_LOOKS && look.good < CLOSE_ENOUGH; looks++) {
      const taken = offers.take();
      if (!taken) break;
      if (look.at(taken.row)) continue;
      const missed = (misses.get(taken.offer) ?? 0) + 1;
      misses.set(taken.offer, missed);
      if (missed >= MOST_MISSES) offers.withdraw(taken.offer);
    }
    offers.restore();
  }

  /**
   * What the machine's size adds to the points of a shelf, by the example of its best host. On hosts of one size it
   * is much the same for all shelves.
   */
  #shift({ tournament, rows }: Shelf, start: number, look: CloseLook): number {
    if (this.#isUniform) return 0;
    return look.pointsOf(rows[tournament.leader(start)] as number) - tournament.top;
  }
}

/** Asks hosts the whole question. */
class CloseLook {
  readonly best: Candidate[] = [];
  /** How many will do and are not what the machine wishes to stay away from. */
  good = 0;
  readonly #tests: readonly HostTest[];
  readonly #hostPoints: HostScore;
  readonly #placePoints: (row: number) => number;
  readonly #dislikes: (row: number) => boolean;
  readonly #seen = new Set<number>();

  constructor(question: Question) {
    const { snapshot, keys, own } = question;
    this.#tests = prepareHostTests(question);
    this.#hostPoints = prepareHostPoints(question);
    const placePoints = preparePlacePoints(question);
    const topologies = keys.map((key) => snapshot.topology(key));
    this.#placePoints =
      keys.length === 0 ? () => 0 : (row) => placePoints(topologies.map(({ placeOf }) => placeOf[row]));
    this.#dislikes = (row) => own.wishes.some(({ key, fulfils }) => fulfils(snapshot.topology(key).placeOf[row]) < 0);
  }

  /** Points of a host by itself. */
  pointsOf(row: number): number {
    return this.#hostPoints(row);
  }

  /** Whether the host will do. */
  at(row: number): boolean {
    if (this.#seen.has(row)) return true;
    if (firstReason(this.#tests, row) !== reasons.passes) return false;
    this.#seen.add(row);
    insert(this.best, { row, points: this.#hostPoints(row) + this.#placePoints(row) });
    if (!this.#dislikes(row)) this.good++;
    return true;
  }
}

import type { HostTest } from '../filters/index.ts';
import { REASON_COUNT, reasons } from '../reason.ts';
import type { HostScore } from '../scores/index.ts';
import { Follower, type Keeper } from './follower.ts';
import { type Group, type Grouping, positionFrom } from './grouping.ts';
import { type Offer, Offers } from './offers.ts';
import {
  firstReason,
  placeReason,
  prepareHostPoints,
  prepareHostTests,
  preparePlacePoints,
  type Question,
} from './question.ts';
import { type Candidate, NAMED, type Survey } from './survey.ts';
import { OUT, Tournament } from './tournament.ts';

/** Marks a row without a host. */
const NOBODY = 255;

interface RankedGroup {
  readonly group: Group;
  readonly tournament: Tournament;
  /** How many hosts were turned down by themselves, by reason. */
  readonly counts: Uint32Array;
}

/**
 * The answers of all hosts to one question, remembered. Asked again, only the hosts that have changed since are
 * asked anew; the best are found without looking at the others.
 */
export class Ranking implements Keeper {
  readonly #grouping: Grouping;
  readonly #ranked: readonly RankedGroup[];
  readonly #reasons: Uint8Array;
  readonly #follower = new Follower();
  #tests: readonly HostTest[] = [];
  #points: HostScore = () => 0;

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
    this.#ranked = grouping.groups.map((group) => ({
      group,
      tournament: new Tournament(group.rows.length),
      counts: new Uint32Array(REASON_COUNT),
    }));
    this.#reasons = new Uint8Array(grouping.groupOf.length);
  }

  prepare(question: Question): void {
    this.#tests = prepareHostTests(question);
    this.#points = prepareHostPoints(question);
  }

  askAll(question: Question): void {
    const { groupOf, positionOf } = this.#grouping;
    for (const { counts } of this.#ranked) counts.fill(0);
    for (let row = 0; row < groupOf.length; row++) {
      const { tournament, counts } = this.#ranked[groupOf[row] as number] as RankedGroup;
      const reason = this.#ask(question, row);
      this.#reasons[row] = reason;
      if (reason !== NOBODY) counts[reason] = (counts[reason] as number) + 1;
      tournament.prepare(positionOf[row] as number, reason === reasons.passes ? this.#points(row) : OUT);
    }
    for (const { tournament } of this.#ranked) tournament.settle();
  }

  askAgain(question: Question, row: number): void {
    const { groupOf, positionOf } = this.#grouping;
    const { tournament, counts } = this.#ranked[groupOf[row] as number] as RankedGroup;
    const before = this.#reasons[row] as number;
    const reason = this.#ask(question, row);
    if (before !== NOBODY) counts[before] = (counts[before] as number) - 1;
    if (reason !== NOBODY) counts[reason] = (counts[reason] as number) + 1;
    this.#reasons[row] = reason;
    tournament.set(positionOf[row] as number, reason === reasons.passes ? this.#points(row) : OUT);
  }

  #ask({ snapshot }: Question, row: number): number {
    return snapshot.states.values[row] === 0 ? NOBODY : firstReason(this.#tests, row);
  }

  /** The best hosts as things stand; of equals the first from row `start` on. */
  survey(question: Question, start: number): Survey {
    this.#follower.refresh(question, this);
    const counts = new Uint32Array(REASON_COUNT);
    const offers = new Offers(this.#offers(question, start, counts), start, this.#reasons.length);
    const best: Candidate[] = [];
    for (let taken = offers.take(); taken; taken = offers.take()) {
      const { row, points } = taken;
      if (best.push({ row, points }) === NAMED) break;
    }
    offers.restore();
    return { best, counts, atLeast: false };
  }

  /** Groups that may be chosen from now; counts who may not. */
  #offers(question: Question, start: number, counts: Uint32Array): readonly Offer[] {
    const placePoints = preparePlacePoints(question);
    const offers: Offer[] = [];
    for (const { group, tournament, counts: ranked } of this.#ranked) {
      const { places, rows } = group;
      const reason = placeReason(question, places);
      for (let i = 1; i < REASON_COUNT; i++) counts[i] = (counts[i] as number) + (ranked[i] as number);
      counts[reason] = (counts[reason] as number) + (ranked[reasons.passes] as number);
      if (reason !== reasons.passes || tournament.top === OUT) continue;
      offers.push({ tournament, rows, bonus: placePoints(places), start: positionFrom(rows, start) });
    }
    return offers;
  }
}

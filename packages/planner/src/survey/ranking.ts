import type { HostTest } from '../filters/index.ts';
import { REASON_COUNT, reasons } from '../reason.ts';
import type { HostScore } from '../scores/index.ts';
import { type Group, type Grouping, positionFrom } from './grouping.ts';
import {
  firstReason,
  placeReason,
  prepareHostPoints,
  prepareHostTests,
  preparePlacePoints,
  type Question,
} from './question.ts';
import { type Candidate, distance, NAMED, type Survey } from './survey.ts';
import { OUT, Tournament } from './tournament.ts';

/** Marks a row without a host. */
const NOBODY = 255;

interface RankedGroup {
  readonly group: Group;
  readonly tournament: Tournament;
  /** How many hosts were turned down by themselves, by reason. */
  readonly counts: Uint32Array;
}

/** A group that may be chosen from now. */
interface Offer {
  readonly ranked: RankedGroup;
  /** Points that the place adds. */
  readonly bonus: number;
  readonly start: number;
}

/**
 * The answers of all hosts to one question, remembered. Asked again, only the hosts that have changed since are
 * asked anew; the best are found without looking at the others.
 */
export class Ranking {
  readonly #grouping: Grouping;
  readonly #ranked: readonly RankedGroup[];
  readonly #reasons: Uint8Array;
  #tests: readonly HostTest[] = [];
  #points: HostScore = () => 0;
  #seen = -1;
  #structure = -1;
  #stamp = '';

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
    this.#ranked = grouping.groups.map((group) => ({
      group,
      tournament: new Tournament(group.rows.length),
      counts: new Uint32Array(REASON_COUNT),
    }));
    this.#reasons = new Uint8Array(grouping.groupOf.length);
  }

  /** Asks those anew whose answers may be others than before. */
  refresh(question: Question): void {
    const { snapshot, stamp } = question;
    const { journal } = snapshot;
    const behind = journal.length - this.#seen;
    const valid = this.#structure === snapshot.structure && this.#stamp === stamp && this.#seen >= 0;
    if (!valid || behind > snapshot.rowCount || !journal.remembers(this.#seen)) this.#askAll(question);
    else if (behind > 0) {
      if (question.own.tests.length + question.own.wishes.length > 0) this.#prepare(question);
      for (let change = this.#seen; change < journal.length; change++) this.#askAgain(question, journal.rowAt(change));
    }
    this.#seen = journal.length;
    this.#structure = snapshot.structure;
    this.#stamp = stamp;
  }

  #prepare(question: Question): void {
    this.#tests = prepareHostTests(question);
    this.#points = prepareHostPoints(question);
  }

  #askAll(question: Question): void {
    this.#prepare(question);
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

  #askAgain(question: Question, row: number): void {
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
    const counts = new Uint32Array(REASON_COUNT);
    const offers = this.#offers(question, start, counts);
    const best: Candidate[] = [];
    this.#takeBest(offers, start, (candidate) => best.push(candidate) < NAMED);
    return { best, counts, atLeast: false };
  }

  /** Calls with hosts, best first, for as long as the answer is true. */
  descend(question: Question, start: number, visit: (candidate: Candidate) => boolean): Uint32Array {
    const counts = new Uint32Array(REASON_COUNT);
    this.#takeBest(this.#offers(question, start, counts), start, visit);
    return counts;
  }

  #offers(question: Question, start: number, counts: Uint32Array): Offer[] {
    const placePoints = preparePlacePoints(question);
    const offers: Offer[] = [];
    for (const ranked of this.#ranked) {
      const { group } = ranked;
      const reason = placeReason(question, group.places);
      for (let i = 1; i < REASON_COUNT; i++) counts[i] = (counts[i] as number) + (ranked.counts[i] as number);
      counts[reason] = (counts[reason] as number) + (ranked.counts[reasons.passes] as number);
      if (reason !== reasons.passes || ranked.tournament.top === OUT) continue;
      offers.push({ ranked, bonus: placePoints(group.places), start: positionFrom(group.rows, start) });
    }
    return offers;
  }

  /** Takes one after the other out of its tournament, and puts all back in the end. */
  #takeBest(offers: readonly Offer[], start: number, visit: (candidate: Candidate) => boolean): void {
    const taken: { readonly tournament: Tournament; readonly position: number; readonly points: number }[] = [];
    for (;;) {
      const offer = this.#bestOffer(offers, start);
      if (!offer) break;
      const { tournament, group } = offer.ranked;
      const points = tournament.top;
      const position = tournament.leader(offer.start);
      tournament.set(position, OUT);
      taken.push({ tournament, position, points });
      if (!visit({ row: group.rows[position] as number, points: points + offer.bonus })) break;
    }
    for (const { tournament, position, points } of taken) tournament.set(position, points);
  }

  #bestOffer(offers: readonly Offer[], start: number): Offer | undefined {
    let best: Offer | undefined;
    let most = OUT;
    let nearest = 0;
    for (const offer of offers) {
      const { tournament, group } = offer.ranked;
      if (tournament.top === OUT) continue;
      const points = tournament.top + offer.bonus;
      if (best && points < most) continue;
      const row = offers.length === 1 ? 0 : (group.rows[tournament.leader(offer.start)] as number);
      const away = distance(row, start, this.#reasons.length);
      if (best && points === most && away >= nearest) continue;
      best = offer;
      most = points;
      nearest = away;
    }
    return best;
  }
}

import { distance } from './survey.ts';
import { OUT, type Tournament } from './tournament.ts';

/** Hosts among which a tournament says who is best. */
export interface Offer {
  readonly tournament: Tournament;
  /** Row of each leaf. */
  readonly rows: Int32Array;
  /** Points that each of them has on top. */
  readonly bonus: number;
  /** Leaf from which on equals are looked for. */
  readonly start: number;
}

export interface Taken {
  readonly offer: Offer;
  readonly position: number;
  readonly row: number;
  readonly points: number;
}

/** Takes hosts out of several tournaments, best first; of equals the first from row `start` on. */
export class Offers {
  readonly #offers: Offer[];
  readonly #start: number;
  readonly #rowCount: number;
  readonly #taken: Taken[] = [];

  constructor(offers: readonly Offer[], start: number, rowCount: number) {
    this.#offers = offers.filter(({ tournament }) => tournament.top !== OUT);
    this.#start = start;
    this.#rowCount = rowCount;
  }

  /** Undefined when there are no more. What is taken has to be put back with `restore`. */
  take(): Taken | undefined {
    const offer = this.#best();
    if (!offer) return undefined;
    const { tournament, rows, bonus, start } = offer;
    const points = tournament.top + bonus;
    const position = tournament.leader(start);
    tournament.set(position, OUT);
    const taken = { offer, position, row: rows[position] as number, points };
    this.#taken.push(taken);
    return taken;
  }

  /** Takes nothing more from this one. */
  withdraw(offer: Offer): void {
    const at = this.#offers.indexOf(offer);
    if (at >= 0) this.#offers.splice(at, 1);
  }

  /** Puts everything back. */
  restore(): void {
    for (const { offer, position, points } of this.#taken) offer.tournament.set(position, points - offer.bonus);
    this.#taken.length = 0;
  }

  #best(): Offer | undefined {
    let best: Offer | undefined;
    let most = OUT;
    let nearest = -1;
    // Walked for every host that is taken: an index is cheaper than an iterator.
    for (let i = 0; i < this.#offers.length; i++) {
      const offer = this.#offers[i] as Offer;
      const { top } = offer.tournament;
      if (top === OUT) continue;
      const points = top + offer.bonus;
      if (best && points < most) continue;
      if (best && points === most) {
        if (nearest < 0) nearest = this.#away(best);
        const away = this.#away(offer);
        if (away >= nearest) continue;
        nearest = away;
      } else nearest = -1;
      best = offer;
      most = points;
    }
    return best;
  }

  #away({ tournament, rows, start }: Offer): number {
    return distance(rows[tournament.leader(start)] as number, this.#start, this.#rowCount);
  }
}

import { StatusFailure } from '@godwit/kinds';
import { mastersGroup, nodesGroup, type User } from '../authorization/user.ts';

export interface InFlightLimits {
  /** Requests of all users together that may be worked on at a time. */
  readonly total: number;
  /** Requests of one user. */
  readonly perUser: number;
}

export const defaultLimits: InFlightLimits = { total: 1600, perUser: 800 };

/**
 * Keeps a flood of requests from using up the memory and everybody's time: whoever comes over the limit is
 * told at once to try again. Watches and streams are counted only while they are being set up. A quarter
 * more is left for administrators and hosts, so that a flood can be seen to.
 */
export class InFlight {
  readonly #limits: InFlightLimits;
  readonly #byUser = new Map<string, number>();
  #total = 0;

  constructor(limits: InFlightLimits = defaultLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Throws `TooManyRequests`; otherwise the caller owes a `leave`. */
  enter(user: User): void {
    const mine = this.#byUser.get(user.name) ?? 0;
    const trusted = user.groups.includes(mastersGroup) || user.groups.includes(nodesGroup);
    const total = trusted ? this.#limits.total * 1.25 : this.#limits.total;
    if (mine >= this.#limits.perUser || this.#total >= total) {
      const whose = mine >= this.#limits.perUser ? `user "${user.name}" has` : 'there are';
      throw new StatusFailure('TooManyRequests', `${whose} too many requests under way, try again later`, {
        retryAfterSeconds: 1,
      });
    }
    this.#byUser.set(user.name, mine + 1);
    this.#total++;
  }

  leave(user: User): void {
    const mine = (this.#byUser.get(user.name) ?? 1) - 1;
    if (mine > 0) this.#byUser.set(user.name, mine);
    else this.#byUser.delete(user.name);
    this.#total--;
  }
}

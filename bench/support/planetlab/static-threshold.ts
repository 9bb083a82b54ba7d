import type { Migration, Policy, View } from './data-centre.ts';
import { type Guest, type Server, serverWatts } from './model.ts';

/** Servers above this share of their processors are overloaded. */
const THRESHOLD = 0.8;

/**
 * The plainest rule of Beloglazov and Buyya's (THR 0.8, minimum migration time, power-aware best fit decreasing), as
 * CloudSim has it: servers above the threshold lose the guests that move quickest until they are below, these go where
 * power rises least; then servers whose guests all fit elsewhere are emptied, the least used first.
 */
export const staticThreshold: Policy = (view) => {
  const plan = new Plan(view);
  plan.relieve();
  plan.empty();
  return plan.moves;
};

class Plan {
  readonly moves: Migration[] = [];
  readonly #view: View;
  readonly #used: Float64Array;
  readonly #on: readonly Set<number>[];
  readonly #over: ReadonlySet<number>;
  readonly #closed = new Set<number>();
  readonly #targets = new Set<number>();

  constructor(view: View) {
    this.#view = view;
    this.#used = new Float64Array(view.servers.length);
    this.#on = view.servers.map(() => new Set<number>());
    view.where.forEach((server, guest) => this.#put(guest, server));
    const servers = [...view.servers.keys()];
    this.#over = new Set(servers.filter((server) => this.#share(server) > THRESHOLD));
  }

  #put(guest: number, server: number): void {
    this.#on[server]?.add(guest);
    this.#used[server] = (this.#used[server] as number) + this.#view.wanted(guest);
  }

  #take(guest: number, server: number): void {
    this.#on[server]?.delete(guest);
    this.#used[server] = (this.#used[server] as number) - this.#view.wanted(guest);
  }

  #share(server: number, more = 0): number {
    return ((this.#used[server] as number) + more) / (this.#view.servers[server] as Server).mips;
  }

  relieve(): void {
    const leaving: [number, number][] = [];
    for (const server of this.#over) {
      while (this.#share(server) > THRESHOLD) {
        const [quickest] = [...(this.#on[server] ?? [])].toSorted((a, b) => this.#memory(a) - this.#memory(b));
        if (quickest === undefined) break;
        this.#take(quickest, server);
        leaving.push([quickest, server]);
      }
    }
    for (const [guest, from] of leaving.toSorted(([a], [b]) => this.#view.wanted(b) - this.#view.wanted(a))) {
      this.#send(guest, from, true);
    }
  }

  #memory(guest: number): number {
    return (this.#view.guests[guest] as Guest).memoryMb;
  }

  /** Puts a guest on its new server, or back where there is none. */
  #send(guest: number, from: number, mayWake: boolean): boolean {
    const to = this.#bestFor(guest, from, mayWake);
    this.#put(guest, to < 0 ? from : to);
    if (to < 0) return false;
    this.#targets.add(to);
    this.moves.push({ guest, to });
    return true;
  }

  #bestFor(guest: number, from: number, mayWake: boolean): number {
    const wanted = this.#view.wanted(guest);
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, server] of this.#view.servers.entries()) {
      if (index === from || this.#over.has(index) || this.#closed.has(index)) continue;
      if (!mayWake && (this.#on[index] as Set<number>).size === 0) continue;
      const suits = (this.#view.guests[guest] as Guest).mips <= server.type.mips;
      if (!suits || this.#share(index, wanted) > THRESHOLD) continue;
      const used = this.#used[index] as number;
      const rise = serverWatts(server, used + wanted) - serverWatts(server, used);
      if (rise < least) {
        least = rise;
        best = index;
      }
    }
    return best;
  }

  empty(): void {
    const servers = [...this.#view.servers.keys()].filter((server) => (this.#on[server] as Set<number>).size > 0);
    for (const server of servers.toSorted((a, b) => this.#share(a) - this.#share(b))) {
      if (this.#over.has(server) || this.#targets.has(server)) continue;
      this.#tryToEmpty(server);
    }
  }

  #tryToEmpty(server: number): void {
    const guests = [...(this.#on[server] ?? [])].toSorted((a, b) => this.#view.wanted(b) - this.#view.wanted(a));
    const before = this.moves.length;
    this.#closed.add(server);
    for (const guest of guests) {
      this.#take(guest, server);
      if (this.#send(guest, server, false)) continue;
      for (const { guest: moved, to } of this.moves.splice(before)) {
        this.#take(moved, to);
        this.#put(moved, server);
      }
      this.#closed.delete(server);
      return;
    }
  }
}

import { type Guest, migrationSeconds, type Server, STEP_SECONDS, STEPS, serverWatts } from './model.ts';

export interface Migration {
  readonly guest: number;
  readonly to: number;
}

/** What a policy may know at a step. */
export interface View {
  /** Steps since the beginning; the present sample is `guests[i].demand[step]`. */
  readonly step: number;
  readonly servers: readonly Server[];
  readonly guests: readonly Guest[];
  /** Server of each guest. */
  readonly where: Int32Array;
  /** MIPS that a guest wants now. */
  wanted(guest: number): number;
}

export type Policy = (view: View) => readonly Migration[];

export interface DayResult {
  readonly kwh: number;
  readonly migrations: number;
  /** Share of active server time in which a server gave less than was wanted. */
  readonly slatah: number;
  /** Share of the wanted processor time that was lost to migrations. */
  readonly pdm: number;
  /** kWh × SLATAH × PDM × 1000. */
  readonly esv: number;
  readonly meanServers: number;
  /** Time that the policy took, in milliseconds, all steps together. */
  readonly decideMs: number;
  readonly slowestMs: number;
}

/**
 * One day of Beloglazov and Buyya's experiment (CCPE 24(13), 2012) as CloudSim 3.0.3 counts it. A policy is asked
 * every 300 seconds from the first step on; migrations start at once and together. While a guest moves it runs at
 * its source with a tenth less than it wants, and its target sets a tenth aside. Between events demand is
 * interpolated, as CloudSim does. In one point it is stricter: a migration costs from its first second on.
 */
export function runDay(
  servers: readonly Server[],
  guests: readonly Guest[],
  start: Int32Array,
  policy: Policy,
): DayResult {
  const where = start.slice();
  const books = new Books(servers, guests);
  let migrations = 0;
  let decideMs = 0;
  let slowestMs = 0;
  books.observe(0, where, []);
  for (let step = 1; step <= STEPS; step++) {
    books.observe(step * STEP_SECONDS, where, []);
    if (step === STEPS) break;
    const wanted = (guest: number) => at(guests[guest], step);
    const beganMs = performance.now();
    const moves = policy({ step, servers, guests, where, wanted }).filter(({ guest, to }) => where[guest] !== to);
    const tookMs = performance.now() - beganMs;
    decideMs += tookMs;
    slowestMs = Math.max(slowestMs, tookMs);
    migrations += moves.length;
    let left = moves;
    books.observe(step * STEP_SECONDS, where, left);
    const durations = new Set(moves.map(({ guest }) => migrationSeconds(guests[guest] as Guest)));
    for (const seconds of [...durations].toSorted((a, b) => a - b)) {
      for (const { guest, to } of left.filter((move) => secondsOf(guests, move) <= seconds)) where[guest] = to;
      left = left.filter((move) => secondsOf(guests, move) > seconds);
      books.observe(step * STEP_SECONDS + seconds, where, left);
    }
  }
  return { ...books.close(migrations), decideMs, slowestMs };
}

const secondsOf = (guests: readonly Guest[], { guest }: Migration) => migrationSeconds(guests[guest] as Guest);

function at(guest: Guest | undefined, steps: number): number {
  if (!guest) return 0;
  const before = Math.floor(steps);
  const share = steps - before;
  const now = guest.demand[before] ?? 0;
  return guest.mips * (share === 0 ? now : now * (1 - share) + (guest.demand[before + 1] ?? now) * share);
}

/** Sums up energy and violations from one look to the next. */
class Books {
  readonly #servers: readonly Server[];
  readonly #guests: readonly Guest[];
  readonly #used: Float64Array;
  readonly #short: Uint8Array;
  #lostMips = 0;
  #wantedMips = 0;
  #atSeconds = 0;
  #joules = 0;
  #activeSeconds = 0;
  #shortSeconds = 0;
  #lost = 0;
  #wanted = 0;

  constructor(servers: readonly Server[], guests: readonly Guest[]) {
    this.#servers = servers;
    this.#guests = guests;
    this.#used = new Float64Array(servers.length);
    this.#short = new Uint8Array(servers.length);
  }

  /** Closes the time since the last look, with what was so then, and takes down what is so now. */
  observe(seconds: number, where: Int32Array, moving: readonly Migration[]): void {
    const passed = seconds - this.#atSeconds;
    this.#atSeconds = seconds;
    const used = new Float64Array(this.#servers.length);
    const short = new Uint8Array(this.#servers.length);
    this.#lost += this.#lostMips * passed;
    this.#wanted += this.#wantedMips * passed;
    this.#lostMips = 0;
    this.#wantedMips = 0;
    this.#guests.forEach((guest, index) => {
      const server = where[index] as number;
      const wanted = at(guest, seconds / STEP_SECONDS);
      const core = this.#servers[server]?.type.mips ?? 0;
      used[server] = (used[server] ?? 0) + Math.min(wanted, core);
      if (wanted > core) short[server] = 1;
      this.#wantedMips += wanted;
    });
    for (const { guest, to } of moving) {
      const wanted = at(this.#guests[guest], seconds / STEP_SECONDS);
      this.#lostMips += 0.1 * wanted;
      used[to] = (used[to] ?? 0) + 0.1 * wanted;
      // It gives the arriving guest a tenth of what it wants: CloudSim counts that as a shortage of the server.
      short[to] = 1;
    }
    this.#servers.forEach((server, index) => {
      const before = this.#used[index] as number;
      const now = used[index] as number;
      if (before > 0) {
        this.#joules += ((serverWatts(server, before) + serverWatts(server, now)) / 2) * passed;
        this.#activeSeconds += passed;
        if (this.#short[index]) this.#shortSeconds += passed;
      }
      if (now > server.mips) short[index] = 1;
    });
    this.#used.set(used);
    this.#short.set(short);
  }

  close(migrations: number): Omit<DayResult, 'decideMs' | 'slowestMs'> {
    const kwh = this.#joules / 3.6e6;
    const slatah = this.#shortSeconds / this.#activeSeconds;
    const pdm = this.#lost / this.#wanted;
    const meanServers = this.#activeSeconds / this.#atSeconds;
    return { kwh, migrations, slatah, pdm, esv: kwh * slatah * pdm * 1000, meanServers };
  }
}

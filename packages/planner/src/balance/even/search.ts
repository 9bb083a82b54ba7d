import type { Random } from '@godwit/base';
import type { Board } from './board.ts';

/** What moving costs, in units of the score. */
export interface MoveCosts {
  /** For each machine that moves at all. */
  readonly move: number;
  /** For each copy that has to be made: a new home or a new mirror. By machine, as copies differ in size. */
  readonly copy: Float64Array;
}

export interface SearchOptions {
  readonly costs: MoveCosts;
  /** Machines that may move; all when absent. */
  readonly movable?: Uint8Array;
  /** How many places the second part tries. A number and not a time, so that a seed always gives one answer. */
  readonly tries: number;
  readonly random: Random;
}

/**
 * Makes a board even. First the best move for any machine, again and again, until none is worth its cost; then a
 * walk that also takes small losses, less and less (simulated annealing), with exchanges among its steps; if that
 * came to nothing better, what there was before it. Costs are counted from where machines were at first, so that going back is free.
 */
export function makeEven(board: Board, options: SearchOptions): void {
  const search = new Search(board, options);
  search.climb();
  const climbed = { total: search.total, home: board.home.slice(), mirror: board.mirror.slice() };
  search.anneal();
  search.climb();
  if (search.total <= climbed.total) return;
  climbed.home.forEach((home, machine) => board.move(machine, home, climbed.mirror[machine] as number));
}

/** Losses of this size, divided by the number of hosts, are still taken at first and at the end. */
const WARM = 0.15;
const COLD = 0.01;

class Search {
  readonly #board: Board;
  readonly #options: SearchOptions;
  readonly #hosts: number;
  readonly #machines: number;
  #score: number;
  #costs = 0;

  constructor(board: Board, options: SearchOptions) {
    this.#board = board;
    this.#options = options;
    this.#hosts = board.input.hosts;
    this.#machines = board.home.length;
    this.#score = board.score;
  }

  /** What it costs that a machine is there and not where it was. */
  #cost(machine: number, home: number, mirror: number): number {
    const { input } = this.#board;
    const oldHome = input.home[machine] as number;
    const oldMirror = input.mirror[machine] as number;
    if (home === oldHome && mirror === oldMirror) return 0;
    const { move, copy } = this.#options.costs;
    const copies =
      (home === oldHome || home === oldMirror ? 0 : 1) + (mirror === oldHome || mirror === oldMirror ? 0 : 1);
    return move + copies * (copy[machine] as number);
  }

  #costNow(machine: number): number {
    return this.#cost(machine, this.#board.home[machine] as number, this.#board.mirror[machine] as number);
  }

  /** Score and costs together: what the search makes small. */
  get total(): number {
    return this.#score + this.#costs;
  }

  /**
   * The best move of all, until there is none. What each machine could gain is remembered and asked again only
   * when it looks like the best: gains mostly shrink as the board gets even. Passes go on until one moves nothing.
   */
  climb(): void {
    const gains = new Float64Array(this.#machines);
    for (let moved = true; moved; ) {
      moved = false;
      for (let machine = 0; machine < this.#machines; machine++) {
        gains[machine] = this.#mayMove(machine) ? Number.POSITIVE_INFINITY : 0;
      }
      for (let machine = largest(gains); (gains[machine] ?? 0) > 0; machine = largest(gains)) {
        const best = this.#bestFor(machine);
        gains[machine] = best.gain;
        if (best.gain <= 0 || largest(gains) !== machine) continue;
        this.#go(machine, best.home, best.mirror);
        moved = true;
      }
    }
  }

  #mayMove(machine: number): boolean {
    return this.#options.movable?.[machine] !== 0;
  }

  #bestFor(machine: number): { readonly gain: number; readonly home: number; readonly mirror: number } {
    const home = this.#board.home[machine] as number;
    const mirror = this.#board.mirror[machine] as number;
    const now = this.#score + this.#costNow(machine);
    let gain = 0;
    let bestHome = home;
    let bestMirror = mirror;
    const consider = (newHome: number, newMirror: number) => {
      const after = this.#board.scoreAfter(machine, newHome, newMirror);
      const gained = now - after - this.#cost(machine, newHome, newMirror);
      if (!(gained > gain + 1e-12)) return;
      gain = gained;
      bestHome = newHome;
      bestMirror = newMirror;
    };
    if (mirror >= 0) consider(mirror, home);
    for (let host = 0; host < this.#hosts; host++) {
      if (host === home || host === mirror) continue;
      consider(host, mirror);
      if (mirror < 0) continue;
      consider(home, host);
      consider(host, home);
      consider(mirror, host);
    }
    return { gain, home: bestHome, mirror: bestMirror };
  }

  #go(machine: number, home: number, mirror: number): void {
    this.#costs += this.#cost(machine, home, mirror) - this.#costNow(machine);
    this.#board.move(machine, home, mirror);
    this.#score = this.#board.score;
  }

  anneal(): void {
    const { tries, random } = this.#options;
    for (let index = 0; index < tries; index++) {
      const warmth = (WARM * (COLD / WARM) ** (index / tries)) / this.#hosts;
      const machine = random.integer(this.#machines);
      if (!this.#mayMove(machine)) continue;
      const dice = random.next();
      if (dice < 0.5) this.#tryStep(machine, dice / 0.5, warmth);
      else this.#tryExchange(machine, random.integer(this.#machines), (dice - 0.5) / 0.5, warmth);
    }
  }

  /** One machine goes elsewhere, swaps its two hosts, or goes back to where it was at first. */
  #tryStep(machine: number, dice: number, warmth: number): void {
    const { input, home, mirror } = this.#board;
    const atHome = home[machine] as number;
    const atMirror = mirror[machine] as number;
    const host = this.#options.random.integer(this.#hosts);
    if (dice < 0.3) this.#tryGo(machine, input.home[machine] as number, input.mirror[machine] as number, warmth);
    else if (atMirror < 0) this.#tryGo(machine, host, -1, warmth);
    else if (dice < 0.5) this.#tryGo(machine, atMirror, atHome, warmth);
    else if (dice < 0.75) this.#tryGo(machine, host, atMirror, warmth);
    else this.#tryGo(machine, atHome, host, warmth);
  }

  #tryGo(machine: number, home: number, mirror: number, warmth: number): boolean {
    const { home: homes, mirror: mirrors } = this.#board;
    if (home === homes[machine] && mirror === mirrors[machine]) return false;
    const after = this.#board.scoreAfter(machine, home, mirror);
    const loss = after - this.#score + this.#cost(machine, home, mirror) - this.#costNow(machine);
    if (!this.#accepts(loss, warmth)) return false;
    this.#go(machine, home, mirror);
    return true;
  }

  /** Two machines exchange homes or mirrors: what keeps counts even. Undone when the pair of steps is too bad. */
  #tryExchange(one: number, other: number, dice: number, warmth: number): void {
    const { home, mirror } = this.#board;
    if (!this.#mayMove(other)) return;
    const [homeA, mirrorA, homeB, mirrorB] = [home[one], mirror[one], home[other], mirror[other]] as number[] as [
      number,
      number,
      number,
      number,
    ];
    const homes = dice < 0.5;
    if (homes ? homeA === homeB || homeB === mirrorA || homeA === mirrorB : mirrorA === mirrorB) return;
    if (!homes && (mirrorB === homeA || mirrorA === homeB || mirrorA < 0 || mirrorB < 0)) return;
    const before = this.total;
    const first = homes ? ([homeB, mirrorA] as const) : ([homeA, mirrorB] as const);
    const second = homes ? ([homeA, mirrorB] as const) : ([homeB, mirrorA] as const);
    if (!Number.isFinite(this.#board.scoreAfter(one, ...first))) return;
    this.#go(one, ...first);
    if (Number.isFinite(this.#board.scoreAfter(other, ...second))) {
      this.#go(other, ...second);
      if (this.#accepts(this.total - before, warmth)) return;
      this.#go(other, homeB, mirrorB);
    }
    this.#go(one, homeA, mirrorA);
  }

  #accepts(loss: number, warmth: number): boolean {
    return loss <= 0 || this.#options.random.next() < Math.exp(-loss / warmth);
  }
}

function largest(values: Float64Array): number {
  let at = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] as number) > (values[at] as number)) at = index;
  }
  return at;
}

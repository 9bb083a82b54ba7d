import type { Board } from './board.ts';

/** A machine's new places; `mirror` is -1 where it has none. */
export interface Relocation {
  readonly machine: number;
  readonly home: number;
  readonly mirror: number;
}

export interface Sequence {
  /** In an order in which each is allowed when its turn comes. */
  readonly steps: readonly Relocation[];
  /** What has no turn: each of these waits for another. */
  readonly blocked: readonly Relocation[];
}

/**
 * Carries out on `board`, which stands at the beginning, what the machines' places in `goal` ask for, one machine
 * after the other: what makes the board most even first.
 */
export function sequenceTo(board: Board, goal: Pick<Board, 'home' | 'mirror'>): Sequence {
  let waiting: Relocation[] = [];
  goal.home.forEach((home, machine) => {
    const mirror = goal.mirror[machine] as number;
    if (home !== board.home[machine] || mirror !== board.mirror[machine]) waiting.push({ machine, home, mirror });
  });
  const steps: Relocation[] = [];
  while (waiting.length > 0) {
    const next = bestNow(board, waiting);
    if (!next) break;
    board.move(next.machine, next.home, next.mirror);
    steps.push(next);
    waiting = waiting.filter((one) => one !== next);
  }
  return { steps, blocked: waiting };
}

function bestNow(board: Board, waiting: readonly Relocation[]): Relocation | undefined {
  let best: Relocation | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of waiting) {
    const score = board.scoreAfter(one.machine, one.home, one.mirror);
    if (score >= least) continue;
    least = score;
    best = one;
  }
  return best;
}

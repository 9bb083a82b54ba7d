/**
 * Evening out a cluster, side by side with ganeti's hbal (Debian's ganeti-htools) on the same snapshots and by the
 * same score: `./godwit bench balance --traces DIR`. Where hbal is installed it judges Godwit's result, too.
 */
import { join } from 'node:path';
import { Failure, SeededRandom } from '@godwit/base';
import { Board, defaultCosts, makeEven, sequenceTo } from '@godwit/planner';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { type HbalResult, runHbal, scoreByHbal } from './support/ganeti/hbal.ts';
import { hbalObjective } from './support/ganeti/objective.ts';
import { type GanetiSnapshot, readSnapshot, writeSnapshot } from './support/ganeti/snapshot.ts';

interface Case {
  readonly file: string;
  readonly what: string;
  /** What hbal 3.0.2 needed when this was written, for machines without it. */
  readonly reference: HbalResult;
}

const unknown = Number.NaN;
const cases: readonly Case[] = [
  {
    file: 'bench-20n-200i.data',
    what: '20 nodes, 200 machines',
    reference: {
      initialScore: 367.4927,
      score: 0.6952,
      steps: 147,
      machines: 123,
      copies: 147,
      copied: [],
      ms: 24_000,
      finished: true,
    },
  },
  {
    file: 'bench-80n-800i.data',
    what: '80 nodes, 800 machines',
    reference: {
      initialScore: 1113.0705,
      score: unknown,
      steps: unknown,
      machines: unknown,
      copies: unknown,
      copied: [],
      ms: 1_500_000,
      finished: false,
    },
  },
];

export const bench: Bench = async function* ({ traces, say }) {
  const folder = traces ?? process.env.GODWIT_TRACES;
  if (folder === undefined) throw new Failure('bad-argument', 'traces are needed: --traces DIR or GODWIT_TRACES');
  for (const one of cases) yield* measure(one, join(folder, 'ganeti', one.file), say);
};

async function* measure(one: Case, file: string, say: (line: string) => void): AsyncIterable<BenchRow> {
  const snapshot = readSnapshot(file);
  const ours = balance(snapshot);
  // It is stopped when it has had so long that the goal is reached.
  const limitMs = Math.max(LEAST_LIMIT_MS, 1.02 * FASTER * ours.ms);
  say(`${one.what}: hbal runs, for ${Math.round(limitMs / 1000)} s at most`);
  const measured = await runHbal(file, limitMs);
  if (!measured) say('hbal is not installed (apt-get install ganeti-htools): its figures are those of an earlier run');
  const hbal = measured ?? one.reference;
  const how = hbal.finished ? 'hbal' : `hbal, not done after ${Math.round(hbal.ms / 1000)} s`;
  const peer = measured ? how : `${how}, not run here`;
  const row = rowsOf(one, peer);
  yield row('score', {
    value: ours.score,
    goal: '≤ hbal',
    peerValue: hbal.score,
    holds: ours.score <= hbal.score || !measured,
  });
  const judged = await scoreByHbal(writeSnapshot(snapshot, ours.board));
  if (judged !== undefined) {
    const same = { goal: 'the same', peer: "Godwit's count", peerValue: ours.score };
    yield row('score, as hbal itself sees it', { value: judged, ...same, holds: Math.abs(judged - ours.score) < 1e-4 });
  }
  yield* hbal.finished ? besideFinished(ours, hbal, row) : besideFewest(ours, surplus(snapshot), row);
  if (hbal.finished && hbal.copied.length > 0) {
    const theirs = gib(snapshot, hbal.copied);
    yield row('data copied', {
      value: ours.gib,
      unit: 'GiB',
      goal: '≤ hbal',
      peerValue: theirs,
      holds: ours.gib <= theirs,
    });
  }
  const ratio = hbal.ms / ours.ms;
  const time = { value: ours.ms, unit: 'ms', goal: `≥ ${FASTER} x faster`, peerValue: hbal.ms };
  yield row('time', { ...time, ratio, holds: ratio >= FASTER });
}

type Figure = Pick<BenchRow, 'value' | 'goal' | 'peerValue' | 'holds'> & Partial<BenchRow>;
type Row = (figure: string, told: Figure) => BenchRow;

/** Rows of one case, beside `peer` unless they say otherwise. */
function rowsOf({ what }: Case, peer: string): Row {
  return (figure, told) => ({ bench: 'balance', what: `${what}: ${figure}`, unit: '', peer, ...told });
}

function* besideFinished({ machines, copies }: Balanced, hbal: HbalResult, row: Row): Iterable<BenchRow> {
  const fewer = { value: machines, goal: 'fewer' };
  yield row('machines moved', { ...fewer, peerValue: hbal.machines, holds: machines < hbal.machines });
  yield row('steps of the plan', { ...fewer, peerValue: hbal.steps, holds: machines < hbal.steps });
  yield row('disks copied', { value: copies, goal: '≤ hbal', peerValue: hbal.copies, holds: copies <= hbal.copies });
}

/** @param least a plan that makes all counts equal can not do with fewer copies than machines are too many somewhere */
function* besideFewest({ machines, copies }: Balanced, least: number, row: Row): Iterable<BenchRow> {
  const fewest = { peer: 'fewest that even out all counts, as hbal moves', peerValue: least };
  yield row('machines moved', { value: machines, goal: 'fewer', ...fewest, holds: machines < least });
  yield row('disks copied', { value: copies, goal: '≤ 1.1 x fewest', ...fewest, holds: copies <= 1.1 * least });
}

interface Balanced {
  readonly board: Board;
  readonly score: number;
  readonly machines: number;
  readonly copies: number;
  readonly gib: number;
  readonly ms: number;
}

/** The plan, and the order in which it can be carried out, timed together. */
function balance(snapshot: GanetiSnapshot): Balanced {
  const began = performance.now();
  const input = hbalObjective(snapshot);
  const goal = new Board(input);
  const diskGib = Float64Array.from(snapshot.instances, ({ disk }) => disk / 1024);
  const tries = TRIES * snapshot.nodes.length * snapshot.instances.length;
  makeEven(goal, { costs: defaultCosts(snapshot.nodes.length, diskGib), tries, random: new SeededRandom(1) });
  const board = new Board(input);
  const { steps } = sequenceTo(board, goal);
  const ms = performance.now() - began;
  const copied = steps.flatMap(({ machine, home, mirror }) => {
    const before = [input.home[machine], input.mirror[machine]];
    return [home, mirror].filter((host) => !before.includes(host)).map(() => snapshot.instances[machine]?.name ?? '');
  });
  return { board, score: board.score, machines: steps.length, copies: copied.length, gib: gib(snapshot, copied), ms };
}

const FASTER = 50;
const LEAST_LIMIT_MS = 120_000;

/** Tries for each machine and node. */
const TRIES = 30;

function gib({ instances }: GanetiSnapshot, names: readonly string[]): number {
  const sizes = new Map(instances.map(({ name, disk }) => [name, disk]));
  return names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0) / 1024;
}

/** Machines, mirrored ones included, that nodes have above the mean. */
function surplus({ nodes, instances }: GanetiSnapshot): number {
  const mean = (2 * instances.length) / nodes.length;
  return nodes.reduce((sum, _, node) => {
    const count = instances.filter(({ primary, secondary }) => primary === node || secondary === node).length;
    return sum + Math.max(0, count - mean);
  }, 0);
}

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { runSeeds } from '../apps/godwit/src/sim/index.ts';

/**
 * How large a cloud can be rehearsed in how long, and how many simulated faults a minute buys. KWOK, which plays nodes
 * for Kubernetes' control plane, names 20 objects a second and 1,000 nodes as what it is made for
 * (https://kwok.sigs.k8s.io/docs/design/introduction/).
 */
const SIZES = [1_000, 10_000];
const MACHINES_PER_HOST = 10;
/** Every machine is measured every minute, and planned for every five. */
const THRIFTY_HOSTS = 1_000;
const SCALERS = [
  ['horizontal', 'HorizontalPodAutoscalers'],
  ['elastic', 'ElasticPolicies'],
] as const;
const KWOK_OBJECTS = 20;
const GIB = 2 ** 30;
/** The heap of the process that rehearses, in MiB: a third more than what lives in it at the largest size. */
const HEAP_MIB = 2_500;
/** For what is young: most of what a write makes is gone with it. */
const YOUNG_MIB = 64;
const MOST_SECONDS = 600;
const MOST_GIB = 4;

const SEEDS = 40;
const MINUTES = 10;
const ALL_SEEDS = 500;
const MOST_SEEDS_SECONDS = 300;

interface Rehearsed {
  readonly elapsedMs: number;
  /** Until all machines ran. */
  readonly upMs: number;
  readonly rssBytes: number;
  readonly writes: number;
}

export const bench: Bench = async function* ({ say }) {
  for (const hosts of SIZES) {
    say(`rehearsing one day of ${hosts} hosts and ${hosts * MACHINES_PER_HOST} machines`);
    yield* rowsOf(hosts, await rehearseApart(String(hosts)));
  }
  say(`rehearsing one day of ${THRIFTY_HOSTS} hosts that sleep when they can`);
  const { elapsedMs, rssBytes } = await rehearseApart(String(THRIFTY_HOSTS), 'thrifty');
  const thrifty = `${THRIFTY_HOSTS} hosts, ${THRIFTY_HOSTS * MACHINES_PER_HOST} machines, balance and power`;
  yield {
    ...row(`${thrifty}: one day`, elapsedMs / 1000, 's', `≤ ${MOST_SECONDS}`),
    holds: elapsedMs <= MOST_SECONDS * 1000,
  };
  yield {
    ...row(`${thrifty}: peak memory`, rssBytes / GIB, 'GiB', `≤ ${MOST_GIB}`),
    holds: rssBytes <= MOST_GIB * GIB,
  };
  for (const [scaler, name] of SCALERS) {
    say(`rehearsing one day of a hundred groups under ${name}`);
    const seconds = (await rehearseApart(scaler)).elapsedMs / 1000;
    const what = `100 groups under ${name}: one day`;
    yield { ...row(what, seconds, 's', `≤ ${MOST_SECONDS}`), holds: seconds <= MOST_SECONDS };
  }
  say(`simulating ${SEEDS} seeds of ${MINUTES} minutes with faults`);
  yield await faults();
};

function* rowsOf(hosts: number, { elapsedMs, upMs, rssBytes, writes }: Rehearsed): Generator<BenchRow> {
  const what = `${hosts} hosts, ${hosts * MACHINES_PER_HOST} machines`;
  const seconds = elapsedMs / 1000;
  const gib = rssBytes / GIB;
  yield { ...row(`${what}: one day`, seconds, 's', `≤ ${MOST_SECONDS}`), holds: seconds <= MOST_SECONDS };
  yield { ...row(`${what}: peak memory`, gib, 'GiB', `≤ ${MOST_GIB}`), holds: gib <= MOST_GIB };
  const perSecond = (hosts * MACHINES_PER_HOST * 1000) / upMs;
  yield {
    ...row(`${what}: machines brought up`, perSecond, '1/s', `> ${KWOK_OBJECTS}`),
    peer: 'KWOK, published',
    peerValue: KWOK_OBJECTS,
    ratio: perSecond / KWOK_OBJECTS,
    holds: perSecond > KWOK_OBJECTS,
  };
  yield { ...row(`${what}: writes`, writes, 'writes', ''), holds: true };
}

async function faults(): Promise<BenchRow> {
  const startedMs = performance.now();
  let held = true;
  await runSeeds({
    seeds: Array.from({ length: SEEDS }, (_, index) => index + 1),
    jobs: availableParallelism(),
    run: { minutes: MINUTES },
    onOutcome: ({ violation }) => {
      held &&= violation === undefined;
      return held;
    },
  });
  const seconds = ((performance.now() - startedMs) / 1000 / SEEDS) * ALL_SEEDS;
  const what = `faults: ${ALL_SEEDS} seeds of ${MINUTES} minutes, from ${SEEDS}`;
  return { ...row(what, seconds, 's', `≤ ${MOST_SEEDS_SECONDS}`), holds: held && seconds <= MOST_SEEDS_SECONDS };
}

function row(what: string, value: number, unit: string, goal: string): Omit<BenchRow, 'holds'> {
  return { bench: 'sim', what, value, unit, goal };
}

/** In a process of its own: its memory is that of this rehearsal, and nothing is warm. */
function rehearseApart(...what: readonly string[]): Promise<Rehearsed> {
  const program = fileURLToPath(new URL('./support/rehearse-large.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MIB}`, `--max-semi-space-size=${YOUNG_MIB}`, program, ...what],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as Rehearsed);
      else reject(new Error(`rehearsing ${what.join(' ')} ended with ${code}`));
    });
  });
}

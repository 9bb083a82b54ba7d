/**
 * What Godwit adds to starting a machine: `./godwit bench start`. Each pair starts one machine through the
 * API and one by hand, in turn, so that a busy machine slows both alike.
 */
import { join } from 'node:path';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { type GodwitUnderTest, projectRoot } from '../test/support/godwit.ts';
import { onOwnCloud } from './support/bench-cloud.ts';
import { cleaningUp } from './support/cleaning-up.ts';
import { MachineStarter } from './support/machine-start.ts';
import { podmanByHand, podStarter } from './support/pod-start.ts';
import { RawClient, readAccess } from './support/raw-client.ts';
import { must } from './support/run.ts';
import { median } from './support/statistics.ts';

const PAIRS = 20;
const STARTS = 5;
const IMAGE = 'localhost/godwit-bench:latest';

export const bench: Bench = ({ say }) =>
  cleaningUp(
    async () => {
      await must('podman', ['rmi', '-f', IMAGE]);
    },
    async function* () {
      await must('podman', ['build', '--network=none', '-t', IMAGE, join(projectRoot, 'examples/myapp')]);
      yield* onOwnCloud((godwit) => measure(godwit, say));
    },
  );

async function* measure(godwit: GodwitUnderTest, say: (line: string) => void): AsyncIterable<BenchRow> {
  const image = await godwit.verb('image', 'tiny');
  if (image.status !== 0) throw new Error(image.stderr);
  const client = await RawClient.open(readAccess(godwit.kubeconfig));
  yield await machines(godwit, client, say);
  yield await pods(client, say);
  client.close();
  yield await startOfGodwit(godwit, say);
}

async function machines(godwit: GodwitUnderTest, client: RawClient, say: (line: string) => void): Promise<BenchRow> {
  const starter = new MachineStarter(godwit, client);
  const figures = await pairs('VM', say, starter.ours, starter.byHand);
  return row('VM: API request to first line of userland', 'the same QEMU command by hand', 1.15, figures);
}

async function pods(client: RawClient, say: (line: string) => void): Promise<BenchRow> {
  const podman = await podmanByHand(IMAGE);
  const figures = await pairs('pod', say, podStarter(client, IMAGE), podman.start);
  return row('pod: API request to Ready', `${podman.command} of the same image`, 1.5, figures);
}

/** A figure of ours and of by hand for each pair, in milliseconds; who goes first changes from pair to pair. */
async function pairs(
  what: string,
  say: (line: string) => void,
  ours: (index: number) => Promise<number>,
  byHand: (index: number) => Promise<number>,
): Promise<{ ours: number; byHand: number }> {
  const results = { ours: [] as number[], byHand: [] as number[] };
  // The first pair warms caches and is not counted.
  for (let index = 0; index <= PAIRS; index++) {
    const first = index % 2 === 0 ? await ours(index) : await byHand(index);
    const second = index % 2 === 0 ? await byHand(index) : await ours(index);
    const [mine, theirs] = index % 2 === 0 ? [first, second] : [second, first];
    say(`${what} ${index}/${PAIRS}: ${Math.round(mine)} ms, by hand ${Math.round(theirs)} ms`);
    if (index === 0) continue;
    results.ours.push(mine);
    results.byHand.push(theirs);
  }
  return { ours: median(results.ours), byHand: median(results.byHand) };
}

function row(what: string, peer: string, goal: number, figures: { ours: number; byHand: number }): BenchRow {
  const ratio = figures.ours / figures.byHand;
  return {
    bench: 'start',
    what: `${what}, median of ${PAIRS}`,
    value: figures.ours,
    unit: 'ms',
    goal: `<= ${goal} x`,
    peer: `peer: ${peer}`,
    peerValue: figures.byHand,
    ratio,
    holds: ratio <= goal,
  };
}

/** From the start of the process to its word that it is ready, on a state folder that is in use. */
async function startOfGodwit(godwit: GodwitUnderTest, say: (line: string) => void): Promise<BenchRow> {
  const seconds: number[] = [];
  for (let index = 0; index < STARTS; index++) {
    await godwit.interrupt();
    const startedMs = performance.now();
    await godwit.up();
    seconds.push((performance.now() - startedMs) / 1000);
    say(`godwit up ${index + 1}/${STARTS}: ${seconds.at(-1)?.toFixed(2)} s`);
  }
  const value = median(seconds);
  return {
    bench: 'start',
    what: `godwit up to ready, median of ${STARTS}`,
    value,
    unit: 's',
    goal: '<= 5',
    holds: value <= 5,
  };
}

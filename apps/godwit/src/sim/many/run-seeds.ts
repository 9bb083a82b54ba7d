import { Worker } from 'node:worker_threads';
import { Failure } from '@godwit/base';
import type { SimulationOptions } from '../simulation.ts';

/** What came of one seed, as it can be sent from thread to thread. */
export interface SeedOutcome {
  readonly seed: number;
  readonly hash: string;
  readonly events: number;
  readonly kills: number;
  readonly simulatedMs: number;
  /** What did not hold, in words. */
  readonly violation: string | undefined;
  readonly tail: readonly string[];
}

export interface RunSeedsOptions {
  readonly seeds: Iterable<number>;
  readonly jobs: number;
  readonly run: Pick<SimulationOptions, 'minutes' | 'hosts'>;
  /** Hears of each seed as it ends, in no order; answers whether to go on. */
  readonly onOutcome: (outcome: SeedOutcome) => boolean;
}

/** Nearly all that a run makes lives for a moment: with room for it, most of the collecting is spared. */
const resourceLimits = { maxYoungGenerationSizeMb: 128 };

/** Runs each seed in one of `jobs` threads; resolves when all have ended, or when `onOutcome` wants no more. */
export async function runSeeds({ seeds, jobs, run, onOutcome }: RunSeedsOptions): Promise<void> {
  const left = seeds[Symbol.iterator]();
  let goesOn = true;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: run, resourceLimits });
    try {
      for (let seed = left.next(); goesOn && !seed.done; seed = left.next()) {
        const outcome = await ask(worker, seed.value);
        if (goesOn) goesOn = onOutcome(outcome);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

function ask(worker: Worker, seed: number): Promise<SeedOutcome> {
  return new Promise((resolve, reject) => {
    const ended = (code: number) => reject(new Failure('simulation-ended', `seed ${seed}: its thread ended (${code})`));
    worker.once('exit', ended);
    worker.once('error', reject);
    worker.once('message', (outcome: SeedOutcome) => {
      worker.off('exit', ended);
      worker.off('error', reject);
      resolve(outcome);
    });
    worker.postMessage(seed);
  });
}

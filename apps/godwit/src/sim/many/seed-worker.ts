import { parentPort, workerData } from 'node:worker_threads';
import { Simulation, type SimulationOptions } from '../simulation.ts';
import type { SeedOutcome } from './run-seeds.ts';

const run = workerData as Pick<SimulationOptions, 'minutes' | 'hosts'>;

async function runSeed(seed: number): Promise<void> {
  const { violation, ...result } = await new Simulation({ ...run, seed }).run();
  const outcome: SeedOutcome = { ...result, violation: violation?.message };
  parentPort?.postMessage(outcome);
}

parentPort?.on('message', (seed: number) => void runSeed(seed));

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface HbalResult {
  readonly initialScore: number;
  readonly score: number;
  /** Lines of its solution. */
  readonly steps: number;
  /** Instances in it, each counted once. */
  readonly machines: number;
  /** New primaries and secondaries: each is a copy of the instance's disks. */
  readonly copies: number;
  /** Names of instances, one for each copy. */
  readonly copied: readonly string[];
  readonly ms: number;
  /** False when it was stopped before it was done. */
  readonly finished: boolean;
}

/** Debian's hbal on a snapshot in a file; undefined where it is not installed. Stopped after `limitMs`. */
export async function runHbal(
  file: string,
  limitMs: number,
  options: readonly string[] = [],
): Promise<HbalResult | undefined> {
  const began = performance.now();
  const child = spawn('hbal', ['-t', file, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    return { ...parse(text), ms: performance.now() - began, finished: code === 0 };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function parse(text: string): Omit<HbalResult, 'ms' | 'finished'> {
  const initialScore = Number(/[Ii]nitial score:? ([\d.]+)/.exec(text)?.[1] ?? Number.NaN);
  const steps = [...text.matchAll(/^ +\d+\. (\S+) .* ([\d.]+) a=(.*)$/gm)];
  const copied = steps.flatMap(([, name = '', , actions = '']) => [...actions.matchAll(/r:/g)].map(() => name));
  return {
    initialScore,
    score: Number(steps.at(-1)?.[2] ?? initialScore),
    steps: steps.length,
    machines: new Set(steps.map(([, name]) => name)).size,
    copies: copied.length,
    copied,
  };
}

/** It only has to read the file. */
const JUDGING_MS = 60_000;

/** hbal's own opinion of a cluster in text form; undefined where it is not installed. */
export async function scoreByHbal(text: string): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-hbal-'));
  try {
    const file = join(folder, 'cluster.data');
    writeFileSync(file, text);
    return (await runHbal(file, JUDGING_MS, ['-l', '0']))?.initialScore;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

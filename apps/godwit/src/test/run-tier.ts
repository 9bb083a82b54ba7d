import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSummary } from './summary-reporter.ts';
import { projectRoot, type Tier } from './tiers.ts';

/** Runs one tier with node's own test runner, its report on our output. */
export async function runTier(tier: Tier, timeoutMs: number): Promise<RunSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-test-'));
  const summaryFile = join(folder, 'summary.json');
  const status = await run([
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${tier.concurrency}`,
    `--test-timeout=${timeoutMs}`,
    ...(tier.sharedProcess ? ['--test-isolation=none'] : []),
    '--test-force-exit',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(import.meta.dirname, 'summary-reporter.ts')}`,
    `--test-reporter-destination=${summaryFile}`,
    ...tier.files,
  ]);
  const summary = readSummary(summaryFile);
  rmSync(folder, { recursive: true, force: true });
  const broke = summary.failed === 0 && status !== 0;
  return broke ? { ...summary, failed: 1 } : summary;
}

function run(args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', resolve);
  });
}

/** A runner that died before it could sum up counts as one failure. */
function readSummary(file: string): RunSummary {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunSummary;
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}

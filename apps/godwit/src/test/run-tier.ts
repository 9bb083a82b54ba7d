import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSummary } from './outcome.ts';
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
  if (summary !== undefined && (summary.failures.length > 0 || status === 0)) return summary;
  const reason = `node's test runner ended with ${status}, and no test says why`;
  const failures = [{ file: 'all files', name: '', reason }];
  return { passed: 0, skipped: [], ...summary, failures };
}

function run(args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', resolve);
  });
}

/** Undefined where the runner died before it could sum up. */
function readSummary(file: string): RunSummary | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunSummary;
  } catch {
    return undefined;
  }
}

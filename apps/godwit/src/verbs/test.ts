import { SystemClock } from '@godwit/base';
import {
  checkPackages,
  installPackages,
  missingPackages,
  runtimePackages,
  testPackages,
} from '../install/debian-packages.ts';
import { fetchKubectl } from '../install/kubectl.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';
import { checks, runCheck } from '../test/checks.ts';
import { runTier } from '../test/run-tier.ts';
import type { RunSummary } from '../test/summary-reporter.ts';
import { findTiers, type Tier } from '../test/tiers.ts';

/** Longest that one test may take. */
const TEST_TIMEOUT_MS = 10 * 60_000;

/** `godwit test [tier…]`: checks the source, then runs the tiers that were named, or all. */
export async function test(names: readonly string[]): Promise<void> {
  const terminal = new Terminal();
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const tiers = findTiers();
  const known = ['check', ...tiers.map(({ name }) => name)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    terminal.failure(`no tier called ${unknown.join(', ')}; there are: ${known.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const wanted = (name: string) => names.length === 0 || names.includes(name);
  await install(names, (line) => terminal.step(line));
  const total = { passed: 0, failed: 0, skipped: 0 };
  if (wanted('check')) addUp(total, runChecks(terminal));
  for (const tier of tiers.filter(({ name }) => wanted(name))) addUp(total, await runOne(tier, terminal));
  terminal.line(`\ntook ${formatDuration(clock.monotonic() - startedMs)}`);
  terminal.line(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || (process.env.CI !== undefined && total.skipped > 0) ? 1 : 0;
}

/** Checks and pure tests run without root too, on what is there. */
async function install(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length > 0 && names.every((name) => name === 'check' || name === 'unit')) {
    if (process.getuid?.() === 0) await installPackages(missingPackages(checkPackages), say);
    return;
  }
  await installPackages(missingPackages([...runtimePackages, ...testPackages]), say);
  await fetchKubectl(say);
}

function addUp(total: { passed: number; failed: number; skipped: number }, summary: RunSummary): void {
  total.passed += summary.passed;
  total.failed += summary.failed;
  total.skipped += summary.skipped.length;
}

function runChecks(terminal: Terminal): RunSummary {
  let failed = 0;
  for (const check of checks) {
    terminal.line(terminal.paint('bold', `\n── check: ${check.name}`));
    if (runCheck(check)) terminal.success(check.name);
    else {
      terminal.failure(check.name);
      failed++;
    }
  }
  return { passed: checks.length - failed, failed, skipped: [] };
}

async function runOne(tier: Tier, terminal: Terminal): Promise<RunSummary> {
  terminal.line(terminal.paint('bold', `\n── ${tier.name}: ${tier.shows} (${tier.files.length} files)`));
  const summary = await runTier(tier, TEST_TIMEOUT_MS);
  for (const { name, reason } of summary.skipped) terminal.warning(`skipped: ${name} (${reason})`);
  return summary;
}

import { counted, SystemClock } from '@godwit/base';
import {
  checkPackages,
  installPackages,
  missingPackages,
  runtimePackages,
  testPackages,
} from '../install/debian-packages.ts';
import { fetchKubectl } from '../install/kubectl.ts';
import { Terminal } from '../terminal/terminal.ts';
import { checks, runCheck } from '../test/checks.ts';
import { firstLines, type Outcome, type RunSummary } from '../test/outcome.ts';
import { missedLines, tableLines } from '../test/report.ts';
import { runTier } from '../test/run-tier.ts';
import { findTiers, type Tier } from '../test/tiers.ts';

/** Longest that one test may take. */
const TEST_TIMEOUT_MS = 20 * 60_000;

/** `godwit test [tier…]`: checks the source, then runs the tiers that were named, or all. */
export async function test(names: readonly string[]): Promise<void> {
  const terminal = new Terminal();
  const clock = new SystemClock();
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
  const timed = async (tier: string, run: () => RunSummary | Promise<RunSummary>): Promise<Outcome> => {
    const startedMs = clock.monotonic();
    return { tier, ...(await run()), durationMs: clock.monotonic() - startedMs };
  };
  const outcomes: Outcome[] = [];
  if (wanted('check')) outcomes.push(await timed('check', () => runChecks(terminal)));
  for (const tier of tiers.filter(({ name }) => wanted(name)))
    outcomes.push(await timed(tier.name, () => runOne(tier, terminal)));
  process.exitCode = conclude(outcomes, terminal) ? 0 : 1;
}

/** Says what failed and was skipped, and how long each tier took. Whether all is well: in CI nothing may be skipped. */
function conclude(outcomes: readonly Outcome[], terminal: Terminal): boolean {
  const [failed, skipped] = [missedLines(outcomes, 'failures'), missedLines(outcomes, 'skipped')];
  if (skipped.length > 0) terminal.line(`${terminal.paint('bold', '\n── skipped')}\n${skipped.join('\n')}`);
  if (failed.length > 0) terminal.line(`${terminal.paint('bold', '\n── failed')}\n${failed.join('\n')}`);
  terminal.line(`\n${tableLines(outcomes).join('\n')}`);
  return failed.length === 0 && (process.env.CI === undefined || skipped.length === 0);
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

function runChecks(terminal: Terminal): RunSummary {
  const failures = checks.flatMap((check) => {
    terminal.line(terminal.paint('bold', `\n── check: ${check.name}`));
    const { passed, output } = runCheck(check);
    if (passed) terminal.success(check.name);
    else terminal.failure(check.name);
    return passed ? [] : [{ file: check.name, name: '', reason: firstLines(output) }];
  });
  return { passed: checks.length - failures.length, failures, skipped: [] };
}

function runOne(tier: Tier, terminal: Terminal): Promise<RunSummary> {
  terminal.line(terminal.paint('bold', `\n── ${tier.name}: ${tier.shows} (${counted(tier.files.length, 'file')})`));
  return runTier(tier, TEST_TIMEOUT_MS);
}

/** What `godwit test` says at its end, so that nobody has to look for it in what the tests printed. */
import { formatDuration } from '../terminal/units.ts';
import type { Missed, Outcome } from './outcome.ts';

/** What failed, or was skipped, of all tiers: tier and file, the tests, and why, once for all that share a reason. */
export function missedLines(outcomes: readonly Outcome[], kind: 'failures' | 'skipped'): string[] {
  return outcomes.flatMap((outcome) => byReason(outcome[kind]).flatMap((group) => groupLines(outcome.tier, group)));
}

/** Neighbours of one file with the same reason, such as all tests after a hook that failed. */
function byReason(missed: readonly Missed[]): Missed[][] {
  const groups: Missed[][] = [];
  for (const one of missed) {
    const last = groups.at(-1);
    if (last?.[0]?.file === one.file && last[0].reason === one.reason) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

function groupLines(tier: string, group: readonly Missed[]): string[] {
  const [{ file, reason } = { file: '', reason: '' }] = group;
  const names = group.filter(({ name }) => name !== '').map(({ name }) => `  ${name}`);
  const reasons = reason.split('\n').map((line) => `    ${line}`.trimEnd());
  return ['', `${tier}: ${file}`, ...names, ...reasons];
}

const HEADER = ['tier', 'passed', 'failed', 'skipped', 'took'];

/** A line for each tier and one for all: how many passed, failed and were skipped, and how long that took. */
export function tableLines(outcomes: readonly Outcome[]): string[] {
  const all: Outcome = {
    tier: 'all',
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
    durationMs: outcomes.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
  const rows = [HEADER, ...[...outcomes, all].map(cells)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([tier = '', ...numbers]) => {
    const right = numbers.map((cell, index) => cell.padStart(widths[index + 1] ?? 0));
    return [tier.padEnd(widths[0] ?? 0), ...right].join('  ');
  });
}

function cells({ tier, passed, failures, skipped, durationMs }: Outcome): string[] {
  return [tier, `${passed}`, `${failures.length}`, `${skipped.length}`, formatDuration(durationMs)];
}

import { elasticityParts, mostGroups } from './elasticity-part.ts';
import type { Report } from './report.ts';
import { sectionsOf } from './sections.ts';
import { english as words } from './words.ts';

/** The report for a terminal. */
export function renderText(report: Report): string {
  const { runs, best, scenario, currency } = report;
  const lines = [
    `${words.title}: ${scenario}`,
    words.summary(report),
    '',
    ...table([words.columns, ...runs.map((run) => words.row(run, currency))]),
  ];
  if (best) lines.push('', words.best(best.policy, best.by));
  const parts = elasticityParts(report, words.elasticity);
  if (parts.length > 0) lines.push('', words.elasticity.heading, words.elasticity.note);
  for (const { group, table: rows } of parts.slice(0, mostGroups)) lines.push('', group, ...table(rows));
  if (parts.length > mostGroups) lines.push('', words.elasticity.others(parts.length - mostGroups));
  for (const run of runs) {
    if (runs.length > 1) lines.push('', `── ${run.policy}`);
    for (const { heading, sentences } of sectionsOf(run, report, words)) {
      lines.push('', heading, ...sentences.map((sentence) => `  ${sentence}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

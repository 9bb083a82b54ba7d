import { elasticityParts, mostGroups } from './elasticity-part.ts';
import { inWordsOf, languageOf, takenOf } from './languages.ts';
import type { Report } from './report.ts';
import { sectionsOf } from './sections.ts';

/**
 * The report for a terminal.
 * @param language `en` or `zh`
 */
export function renderText(whole: Report, language = 'en'): string {
  const words = languageOf(language);
  const report = inWordsOf(whole, words);
  const { runs, best, scenario, currency } = report;
  const lines = [
    words.title(scenario),
    words.summary(report),
    ...takenOf(report, words),
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
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

/** Columns that a text takes on a terminal: Chinese characters and their punctuation take two. */
const widthOf = (text: string): number => text.length + (text.match(/[\u2e80-\u9fff\uff00-\uff60]/g)?.length ?? 0);

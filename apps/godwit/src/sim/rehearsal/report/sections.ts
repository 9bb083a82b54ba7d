import type { Run } from '../run/index.ts';
import type { Report } from './report.ts';
import type { Words } from './words.ts';

/** One part of a report: a heading and its sentences. */
export interface Section {
  readonly heading: string;
  readonly sentences: readonly string[];
}

const MOST_LOST = 6;
const MOST_REASONS = 8;

/** What was found under one policy, in words. */
export function sectionsOf(run: Run, { reserveHosts, flaws }: Report, words: Words): readonly Section[] {
  const { answers } = run;
  const overCap = words.overCap(run);
  const sections: Section[] = [
    {
      heading: words.sections.answers,
      sentences: [
        ...answers.more.map(words.more),
        ...(answers.unasked.length > 0 ? [words.unasked(answers.unasked)] : []),
        words.growth(answers.growth),
        ...answers.lost.slice(0, MOST_LOST).map(words.lost),
        words.fewest(answers.fewest),
        words.reserve(run, reserveHosts),
        ...(overCap === undefined ? [] : [overCap]),
      ],
    },
    {
      heading: words.use.heading,
      sentences: [
        run.advises ? words.use.advises : '',
        words.use.moves(run),
        words.use.power(run),
        ...run.deeds.reasons.slice(0, MOST_REASONS).map(words.use.reason),
      ].filter((sentence) => sentence !== ''),
    },
    { heading: words.sections.losses, sentences: run.losses.map(words.loss) },
    {
      heading: words.sections.refused,
      sentences: run.refusals.map(words.refusal),
    },
    { heading: words.sections.small, sentences: [words.quiet(run), ...flaws.map(words.flaw)] },
  ];
  return sections.filter(({ sentences }) => sentences.length > 0);
}

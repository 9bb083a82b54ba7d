import { Failure } from '@godwit/base';
import type { Report } from './report.ts';
import { chinese, english, type Words } from './words.ts';

/** All languages, the first one where nobody chooses. */
export const languages = [
  { code: 'en', name: 'English', words: english },
  { code: 'zh-Hans', name: '简体中文', words: chinese },
] as const;

/** By its code or the first part of it. Throws `bad-argument`. */
export function languageOf(code: string): Words {
  const found = languages.find((each) => each.code === code || each.code.split('-')[0] === code.split('-')[0]);
  if (found) return found.words;
  throw new Failure('bad-argument', `--language ${code}: is none of en, zh`);
}

/** The report with the policies called as they are in that language. */
export function inWordsOf(report: Report, { policy }: Words): Report {
  const { runs, best } = report;
  return {
    ...report,
    runs: runs.map((run) => ({ ...run, policy: policy(run.policy) })),
    ...(best && { best: { ...best, policy: policy(best.policy) } }),
  };
}

/** How a cloud that was there was taken over, and what of it was not: the same in all runs. */
export function takenOf({ runs, unheard }: Report, words: Words): readonly string[] {
  const { taken } = runs[0] ?? {};
  return [...(taken ? [words.taken(taken)] : []), ...(unheard ? [words.leftOut(unheard)] : [])];
}

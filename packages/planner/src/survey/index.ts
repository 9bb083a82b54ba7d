/**
 * How hosts are looked at for a machine: `scan` asks all of them, `Rankings` remembers answers to questions that
 * come again and again. Both come to the same.
 */
export { POINTS, prepareAllTests, type Question, questionOf } from './question.ts';
export { rankingsOf } from './rankings.ts';
export { scan } from './scan.ts';
export type { Survey } from './survey.ts';

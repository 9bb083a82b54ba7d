/**
 * What the API says in English, said in Chinese: the report's own sentences stand with the English ones.
 *
 *   refusals    why machines have no host; remedies: what would help
 *   reasons     why policies and autoscalers do what they do
 *   deeds       what they did
 *   figures     lengths of time and amounts
 */
export { doneChinese, scaledChinese } from './deeds.ts';
export { spanChinese } from './figures.ts';
export { reasonChinese } from './reasons.ts';
export { obstaclesChinese, waitingChinese } from './refusals.ts';

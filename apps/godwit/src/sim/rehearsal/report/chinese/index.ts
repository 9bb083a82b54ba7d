/**
 * What the API says in English, said in Chinese: the report's own sentences stand with the English ones.
 *
 *   translate   a sentence by rules; what no rule knows stays as it is
 *   refusals    why machines have no host, and what would help
 *   reasons     why policies move, switch and resize
 *   scaling     why autoscalers do what they do
 *   figures     lengths of time and amounts
 */
export { spanChinese } from './figures.ts';
export { reasonChinese } from './reasons.ts';
export { obstaclesChinese, waitingChinese } from './refusals.ts';
export { scaledToChinese, scalingChinese } from './scaling.ts';

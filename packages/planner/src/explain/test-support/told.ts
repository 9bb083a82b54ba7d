import { obstaclesInEnglish, remedyInEnglish } from '../english.ts';
import type { WhyRefused } from '../why-refused.ts';

/** What is told of a refusal: what is in the way, and each thing that would help. */
export function told(why: WhyRefused): { readonly message: string; readonly remedies: readonly string[] } {
  return { message: obstaclesInEnglish(why), remedies: why.remedies.map(remedyInEnglish) };
}

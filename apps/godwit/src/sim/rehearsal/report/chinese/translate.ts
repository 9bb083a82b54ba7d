/** A sentence, or a part of one, and what it is in the other language, given what stood at its gaps. */
export type Rule = readonly [pattern: RegExp, words: string | ((...gaps: string[]) => string)];

/** By the first rule whose pattern the whole text is; undefined where there is none. */
export function translate(text: string, rules: readonly Rule[]): string | undefined {
  for (const [pattern, words] of rules) {
    const match = pattern.exec(text);
    if (match) return typeof words === 'string' ? words : words(...match.slice(1).map((gap) => gap ?? ''));
  }
  return undefined;
}

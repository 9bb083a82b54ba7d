/** How values with a code are said: each language has words for every code of a union, or it does not compile. */

/** Words for every code of a union. */
export type WordsOf<Told extends { readonly is: string }> = {
  readonly [Code in Told['is']]: (told: Extract<Told, { readonly is: Code }>) => string;
};

/** Says a value in the words of a language. */
export function inWords<Told extends { readonly is: string }>(told: Told, words: WordsOf<Told>): string {
  return (words[told.is as Told['is']] as (told: Told) => string)(told);
}

/** One member of a union for each of several codes that say the same things. */
export type Coded<Code extends string, Told extends object = object> = Code extends string
  ? { readonly is: Code } & Told
  : never;

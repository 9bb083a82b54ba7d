import type { Coded } from '../../in-words.ts';

/** Why a metric says nothing. */
export type WhyUnknown =
  | Coded<'no-value' | 'no-sample'>
  /** `value` as it was found. */
  | { readonly is: 'senseless'; readonly value: string }
  /** It could not be asked for, in the words of whoever was asked. */
  | { readonly is: 'failed'; readonly message: string };

/** A metric of which nothing is known. */
export interface UnknownMetric {
  readonly name: string;
  readonly why: WhyUnknown;
}

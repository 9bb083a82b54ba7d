/** The annotation that holds the Decisions about an object. */
export { decisionAnnotation } from '@godwit/kinds';

/**
 * Why a machine is where it is, as compact JSON: it is written with the binding, in the annotation below, and
 * put into words by `explainDecision` when somebody asks.
 */
export interface Decision {
  /** Version of this form. */
  readonly v: 1;
  /** Name of the policy. */
  readonly policy: string;
  readonly host: string;
  /** From 0 to 1, rounded to thousandths. */
  readonly score: number;
  /** How many hosts there were. */
  readonly of: number;
  /** The next best hosts and their scores. */
  readonly next?: readonly (readonly [string, number])[];
  /** How many hosts were turned down, by reason. */
  readonly no?: readonly (readonly [number, number])[];
  /** Which GPUs of the host it got, by number. */
  readonly gpus?: readonly number[];
  /** Set where `no` says at least how many: with very many hosts not each is asked about every new question. */
  readonly atLeast?: boolean;
}

import { AMOUNT_STEPS } from './amount-steps.ts';

const MOST_AMOUNT = 0xff_ff;
/** Seven bytes of seven bits. */
const MOST_WHOLE = 2 ** 49 - 1;

/** Puts small numbers into few bytes. What it wrote a {@link ByteReader} reads in the same order. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  byte(value: number): void {
    this.#bytes.push(value & 0xff);
  }

  /** A whole number of 0 or more, the smaller the fewer bytes: seven bits each. What is less counts as 0. */
  whole(value: number): void {
    let rest = Number.isFinite(value) ? Math.max(0, Math.min(MOST_WHOLE, Math.round(value))) : 0;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  /** A measure from 0 to 4e9 in two bytes, right within 0.02 % of it (and one): by its logarithm. */
  amount(value: number): void {
    const steps = Math.round(Math.log2(1 + Math.max(0, value)) * AMOUNT_STEPS);
    const within = Math.min(MOST_AMOUNT, Number.isFinite(steps) ? steps : 0);
    this.byte(within >> 8);
    this.byte(within);
  }

  /** All of it, in base64. */
  text(): string {
    return btoa(String.fromCharCode(...this.#bytes));
  }
}

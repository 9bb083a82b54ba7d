import { Failure } from '@godwit/base';

/**
 * Kubernetes quantities without any loss, for sums, comparisons and the canonical form; for plain numbers see
 * `quantity.ts`. A value is a whole number of billionths,
 * because a billionth (`n`) is the smallest step there is; what is finer is rounded up, away from zero.
 */
export interface Quantity {
  readonly billionths: bigint;
  readonly format: QuantityFormat;
}

/** How the value was written, and will be again: with `Ki`, with `k`, or with an exponent. */
export type QuantityFormat = 'binary' | 'decimal' | 'exponent';

const ONE = 1_000_000_000n;
const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?$/;

const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;

interface Suffix {
  readonly format: QuantityFormat;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function powerOfTen(exponent: number): Pick<Suffix, 'numerator' | 'denominator'> {
  return exponent >= 0
    ? { numerator: 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: 1n, denominator: 10n ** BigInt(-exponent) };
}

const SUFFIXES = new Map<string, Suffix>([
  ...DECIMAL_SUFFIXES.map((suffix, index): [string, Suffix] => [
    suffix,
    { format: 'decimal', ...powerOfTen(3 * (index - 3)) },
  ]),
  ...BINARY_SUFFIXES.slice(1).map((suffix, index): [string, Suffix] => [
    suffix,
    { format: 'binary', numerator: 1024n ** BigInt(index + 1), denominator: 1n },
  ]),
]);

function suffixOf(text: string): Suffix {
  return SUFFIXES.get(text) ?? { format: 'exponent', ...powerOfTen(Number(text.slice(1))) };
}

/** Divides and rounds away from zero, as Kubernetes rounds what is too fine. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (quotient * by === value) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

/** The quantity that `text` writes, or undefined when it writes none. */
export function readQuantity(text: string | number): Quantity | undefined {
  const match = SHAPE.exec(typeof text === 'number' ? String(text) : text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', suffixText = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const suffix = suffixOf(suffixText);
  const digits = BigInt(`${whole}${fraction}`);
  const numerator = digits * suffix.numerator * ONE;
  const size = divideUp(numerator, suffix.denominator * 10n ** BigInt(fraction.length));
  return { billionths: sign === '-' ? -size : size, format: suffix.format };
}

export function isQuantity(text: string | number): boolean {
  return readQuantity(text) !== undefined;
}

/** As `readQuantity`; throws Failure `invalid-quantity`. */
export function exactQuantity(text: string | number): Quantity {
  const quantity = readQuantity(text);
  if (!quantity)
    throw new Failure('invalid-quantity', `${JSON.stringify(text)} is not a quantity such as 2, 500m or 1Gi`);
  return quantity;
}

function formatDecimal(billionths: bigint, exponent: boolean): string {
  let mantissa = billionths;
  let step = 0;
  const last = exponent ? 40 : DECIMAL_SUFFIXES.length - 1;
  while (step < last && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    step++;
  }
  if (!exponent) return `${mantissa}${DECIMAL_SUFFIXES[step]}`;
  return step === 3 ? `${mantissa}` : `${mantissa}e${3 * (step - 3)}`;
}

function formatBinary(billionths: bigint): string {
  let mantissa = divideUp(billionths, ONE);
  let step = 0;
  while (step < BINARY_SUFFIXES.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    step++;
  }
  return `${mantissa}${BINARY_SUFFIXES[step]}`;
}

/** The one way to write a quantity: no fraction, and the largest suffix that allows that. */
export function formatQuantity({ billionths, format }: Quantity): string {
  if (billionths === 0n) return '0';
  const small = billionths > -1024n * ONE && billionths < 1024n * ONE;
  if (format === 'binary' && !small) return formatBinary(billionths);
  return formatDecimal(billionths, format === 'exponent');
}

/** The canonical form of `text`; `text` itself when it is no quantity. */
export function canonicalQuantity(text: string | number): string | number {
  const quantity = readQuantity(text);
  return quantity ? formatQuantity(quantity) : text;
}

export function compareQuantities(a: string | number, b: string | number): -1 | 0 | 1 {
  const left = exactQuantity(a).billionths;
  const right = exactQuantity(b).billionths;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sum in canonical form; written as the first addend, unless that is nothing. */
export function addQuantities(a: string | number, b: string | number): string {
  const left = exactQuantity(a);
  const right = exactQuantity(b);
  const format = left.billionths === 0n ? right.format : left.format;
  return formatQuantity({ billionths: left.billionths + right.billionths, format });
}

export function subtractQuantities(a: string | number, b: string | number): string {
  const left = exactQuantity(a);
  const right = exactQuantity(b);
  const format = left.billionths === 0n ? right.format : left.format;
  return formatQuantity({ billionths: left.billionths - right.billionths, format });
}

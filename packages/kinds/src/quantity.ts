/**
 * Kubernetes quantities (`500m`, `1.5Gi`, `2e3`) as numbers. The grammar is that of
 * `k8s.io/apimachinery` resource.Quantity; values beyond 2^53 lose precision, which no host comes near.
 */

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

const SCALES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity stands for, in its base unit (bytes, cores); undefined where it is none. */
export function parseQuantity(quantity: string | number | undefined): number | undefined {
  if (typeof quantity === 'number') return Number.isFinite(quantity) ? quantity : undefined;
  if (quantity === undefined) return undefined;
  const match = QUANTITY.exec(quantity);
  if (!match) return undefined;
  const scale = match[2] ? (SCALES[match[2]] as number) : 10 ** Number(match[3] ?? 0);
  // Dividing keeps `100m` exact where multiplying by 0.001 would not.
  const value = scale < 1 ? Number(match[1]) / Math.round(1 / scale) : Number(match[1]) * scale;
  // `1e400` is written as one, and is more than there can be of anything.
  return Number.isFinite(value) ? value : undefined;
}

/** Whole units, rounded up as Kubernetes does: bytes, seconds. 0 where there is none. */
export function wholeUnits(quantity: string | number | undefined): number {
  return Math.ceil(parseQuantity(quantity) ?? 0);
}

/** Thousandths, rounded up: millicores. 0 where there is none. */
export function thousandths(quantity: string | number | undefined): number {
  const value = parseQuantity(quantity) ?? 0;
  return Math.ceil(Math.round(value * 1e6) / 1e3);
}

const BINARY_UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;

/** Bytes as the shortest exact binary quantity: `4294967296` is `4Gi`. */
export function binaryQuantity(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value !== 0 && value % 1024 === 0 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value}${BINARY_UNITS[unit]}`;
}

/** Any number as a quantity, to the thousandth: `7`, `1250m`. */
export function decimalQuantity(amount: number): string {
  const thousandths = Math.round(amount * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** Bytes for people, at most one decimal: `2.1 GiB`. */
export function readableBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (Math.abs(value) >= 1024 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = value % 1 === 0 ? 0 : 1;
  return `${value.toFixed(digits)} ${BINARY_UNITS[unit]}B`;
}

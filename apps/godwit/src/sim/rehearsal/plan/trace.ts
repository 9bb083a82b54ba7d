import { Failure } from '@godwit/base';
import { durationMs } from '@godwit/kinds';

const DEFAULT_EVERY_MS = 300_000;

/** A file of numbers in time. */
export interface Trace {
  readonly highest: number;
  /** Between lines lies a straight line, and it comes again when it is over. */
  readonly at: (atMs: number) => number;
}

/** @param every how far apart the lines are, such as `1m` */
export function traceOf(name: string, every: string | undefined, text: string): Trace {
  const values = numbersOf(text);
  if (values.length === 0) throw new Failure('empty-trace', `${name} holds no numbers`);
  const everyMs = (every === undefined ? undefined : durationMs(every)) ?? DEFAULT_EVERY_MS;
  const { length } = values;
  return {
    highest: values.reduce((most, value) => Math.max(most, value), 0),
    at: (atMs) => {
      const place = (((atMs / everyMs) % length) + length) % length;
      const index = Math.floor(place) % length;
      const now = values[index] as number;
      const next = values[(index + 1) % length] as number;
      return now + (next - now) * (place - Math.floor(place));
    },
  };
}

/**
 * The last column of each line. What stands above the first number is a heading; later lines without a number are
 * holes, which a straight line bridges; less than nothing is nothing.
 */
function numbersOf(text: string): readonly number[] {
  const values = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(lastNumber);
  const first = values.findIndex(Number.isFinite);
  const last = values.findLastIndex(Number.isFinite);
  return first < 0 ? [] : bridged(values.slice(first, last + 1));
}

function lastNumber(line: string): number {
  const cell =
    line
      .trim()
      .split(/[,;\s]+/)
      .at(-1) ?? '';
  return cell === '' ? Number.NaN : Math.max(0, Number(cell));
}

/** The first and the last are numbers. */
function bridged(values: readonly number[]): readonly number[] {
  const whole = [...values];
  let before = 0;
  whole.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const from = values[before] as number;
    for (let hole = before + 1; hole < index; hole++) {
      whole[hole] = from + ((value - from) * (hole - before)) / (index - before);
    }
    before = index;
  });
  return whole;
}

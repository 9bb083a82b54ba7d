import { counted, Failure } from '@godwit/base';
import { durationMs } from '@godwit/kinds';

const DEFAULT_EVERY_MS = 300_000;

/** A file of numbers in time. */
export interface Trace {
  readonly highest: number;
  /** Between lines lies a straight line, and it comes again when it is over. */
  readonly at: (atMs: number) => number;
}

/** What is odd about a trace, and how it is taken. */
export interface TraceFlaws {
  readonly name: string;
  readonly lines: number;
  /** Lines without a number: a straight line goes over them. */
  readonly holes: number;
  /** Numbers below nothing: they count as nothing. */
  readonly negative: number;
}

/** Of a trace without flaws too. Throws `empty-trace`, and `trace-holes` where most of it is holes. */
export function flawsOf(name: string, text: string): TraceFlaws {
  const { cells, firstLine } = cellsOf(text);
  const holes = cells.filter((cell) => !Number.isFinite(cell)).length;
  if (cells.length === 0) throw new Failure('empty-trace', `${name} holds no numbers`);
  if (holes > cells.length / 2) {
    const line = firstLine + cells.findIndex((cell) => !Number.isFinite(cell));
    const what = `${name}: ${holes} of ${counted(cells.length, 'line')} ${holes === 1 ? 'holds' : 'hold'} no number, the first is line ${line}`;
    throw new Failure('trace-holes', `${what}: a trace is one number a line, the last column of a table`);
  }
  return { name, lines: cells.length, holes, negative: cells.filter((cell) => cell < 0).length };
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
      return between(now, next, place - Math.floor(place));
    },
  };
}

/**
 * The last column of each line. What stands above the first number is a heading; later lines without a number are
 * holes, which a straight line bridges; less than nothing is nothing.
 */
function numbersOf(text: string): readonly number[] {
  return bridged(cellsOf(text).cells.map((cell) => Math.max(0, cell)));
}

/** What stands in the lines from the first number to the last, and the number of the first of these lines. */
function cellsOf(text: string): { readonly cells: readonly number[]; readonly firstLine: number } {
  const lines = text
    .split('\n')
    .map((line, index) => ({ cell: lastNumber(line), number: index + 1, isEmpty: line.trim() === '' }))
    .filter(({ isEmpty }) => !isEmpty);
  const first = lines.findIndex(({ cell }) => Number.isFinite(cell));
  const last = lines.findLastIndex(({ cell }) => Number.isFinite(cell));
  if (first < 0) return { cells: [], firstLine: 0 };
  return { cells: lines.slice(first, last + 1).map(({ cell }) => cell), firstLine: lines[first]?.number ?? 0 };
}

function lastNumber(line: string): number {
  const cell =
    line
      .trim()
      .split(/[,;\s]+/)
      .at(-1) ?? '';
  return cell === '' ? Number.NaN : Number(cell);
}

/** The first and the last are numbers. */
function bridged(values: readonly number[]): readonly number[] {
  const whole = [...values];
  let before = 0;
  whole.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const from = values[before] as number;
    for (let hole = before + 1; hole < index; hole++) {
      whole[hole] = between(from, value, (hole - before) / (index - before));
    }
    before = index;
  });
  return whole;
}

/** On the straight line from one number to another, neither of them negative: never beyond them, however large they are. */
function between(from: number, to: number, share: number): number {
  return Math.min(Math.max(from, to), Math.max(Math.min(from, to), from + (to - from) * share));
}

import { existsSync, readdirSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { describeError, Failure } from '@godwit/base';
import { projectRoot } from '../test/tiers.ts';

/** One line of the table. `value` in `unit`; `peer` says what `peerValue` was measured on or who published it. */
export interface BenchRow {
  readonly bench: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: string;
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
  readonly holds: boolean;
}

/** A file `bench/NAME.ts` exports this: it measures, and yields a row for each figure as soon as it is known. */
export type Bench = (options: BenchOptions) => AsyncIterable<BenchRow>;

export interface BenchOptions {
  readonly traces?: string;
  /** Progress for people; goes to standard error. */
  readonly say: (line: string) => void;
}

const folder = join(projectRoot, 'bench');

/**
 * Runs benchmarks by name (file names under bench/), all when none is named. One that breaks does not keep
 * the others from running. The exit code is 0 when all goals are reached.
 */
export async function runBenches(
  names: readonly string[],
  options: { json?: boolean; traces?: string },
): Promise<void> {
  const known = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => name.slice(0, -3))
    : [];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Failure('bad-argument', `no benchmark ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  let allHold = true;
  if (!options.json) process.stdout.write(header());
  for (const name of names.length > 0 ? names : known.toSorted()) {
    say(machineNow());
    try {
      const { bench } = (await import(join(folder, `${name}.ts`))) as { bench: Bench };
      for await (const row of bench({ say, ...(options.traces !== undefined && { traces: options.traces }) })) {
        allHold &&= row.holds;
        process.stdout.write(options.json ? jsonLine(row) : tableLine(row));
      }
    } catch (error) {
      allHold = false;
      say(`bench ${name} broke: ${describeError(error)}`);
    }
  }
  process.exitCode = allHold ? 0 : 1;
}

/** All fields, in the order of the table; null where there is nothing to compare with. */
function jsonLine({ bench, what, value, unit, goal, peer, peerValue, ratio, holds }: BenchRow): string {
  const compared = { peer: peer ?? null, peerValue: peerValue ?? null, ratio: ratio ?? null };
  return `${JSON.stringify({ bench, what, value, unit, goal, ...compared, holds })}\n`;
}

/** What figures depend on: a busy machine is to be seen beside them. */
function machineNow(): string {
  const processors = cpus();
  const memoryGib = totalmem() / 1024 ** 3;
  const load = loadavg()[0] ?? 0;
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} x ${model}, ${memoryGib.toFixed(0)} GiB, load ${load.toFixed(1)}`;
}

const COLUMNS = [10, 52, 16, 14, 44] as const;
const pad = (cells: readonly string[]) =>
  `${cells
    .map((cell, index) => cell.padEnd(COLUMNS[index] ?? 0))
    .join('  ')
    .trimEnd()}\n`;

function header(): string {
  return pad(['bench', 'what', 'value', 'goal', 'compared with']);
}

function tableLine(row: BenchRow): string {
  const peer =
    row.peer === undefined ? '' : `${row.peer}${row.peerValue === undefined ? '' : `: ${round(row.peerValue)}`}`;
  const ratio = row.ratio === undefined ? '' : ` (${round(row.ratio)} x)`;
  return pad([
    row.bench,
    row.what,
    `${round(row.value)} ${row.unit}`,
    `${row.holds ? '✓' : '✗'} ${row.goal}`,
    peer + ratio,
  ]);
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
}

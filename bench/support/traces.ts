/** Where the traces are, and how they are read. They are not part of the project: docs/benchmarks.md says what they are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@godwit/base';

/** The folder `name` under `--traces`, or under GODWIT_TRACES. */
export function traceFolder(traces: string | undefined, name: string): string {
  const root = traces ?? process.env.GODWIT_TRACES;
  if (!root) throw new Failure('bad-argument', `needs the folder of traces: --traces FOLDER, or GODWIT_TRACES`);
  const folder = join(root, name);
  if (!existsSync(folder)) throw new Failure('bad-argument', `there is no folder ${folder}`);
  return folder;
}

/** Rows of a comma-separated file without quotes, by the names in its first line. */
export function readCsv(folder: string, file: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', cell])));
}

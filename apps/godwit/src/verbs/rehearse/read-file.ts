import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describeError, Failure } from '@godwit/base';
import { load } from 'js-yaml';

/** YAML or JSON. Throws `cannot-read`, with the line that is wrong where there is one. */
export function readYaml(path: string): unknown {
  try {
    return load(readFileSync(path, 'utf8'), { filename: path });
  } catch (error) {
    throw new Failure('cannot-read', `cannot read ${path}: ${describeError(error)}`, { cause: error });
  }
}

/** Beside the scenario, or in the folder of traces. */
export function readTrace(trace: string, scenario: string | undefined, folder: string | undefined): string {
  const folders = [...(scenario === undefined ? [] : [dirname(scenario)]), ...(folder === undefined ? [] : [folder])];
  const places = folders.map((each) => resolve(each, trace));
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8');
    } catch {
      // The next place.
    }
  }
  throw new Failure('no-trace', `there is no trace ${trace}: looked for ${places.join(', ')}`);
}

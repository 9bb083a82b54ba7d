import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Failure } from '@godwit/base';
import { traceFolder } from '../traces.ts';

/** A load, minute by minute, and what it is called. */
export interface Load {
  readonly name: string;
  readonly requests: Float64Array;
}

const MINUTE_MS = 60_000;
/** The first row after NASA's July: its two months stand one after the other in the file. */
const NASA_JULY_MINUTES = 39_693;
const NASA_MEAN_MINUTES = 5;

/** Requests to the World Cup's site, from the day `from` up to and without the day `until` (UTC). */
export function worldCup(traces: string | undefined, from: string, until: string): Load {
  const file = join(traceFolder(traces, 'requests'), 'worldcup98_per_minute.csv.gz');
  const begin = Date.parse(`${from}T00:00:00Z`) / MINUTE_MS;
  const end = Date.parse(`${until}T00:00:00Z`) / MINUTE_MS;
  const requests = new Float64Array(end - begin);
  for (const [time, count] of rows(file)) {
    const minute = Date.parse(`${time.replace(' ', 'T')}:00Z`) / MINUTE_MS - begin;
    // Rows that repeat a minute are parts of it.
    if (minute >= 0 && minute < requests.length) requests[minute] = (requests[minute] as number) + count;
  }
  return { name: `WorldCup98 ${from}..${until}`, requests };
}

/** Requests to NASA's site in July 1995 (`july`) or August: the mean of each minute and the four before it. */
export function nasa(traces: string | undefined, month: 'july' | 'august'): Load {
  const all = rows(join(traceFolder(traces, 'requests'), 'nasa_per_minute.csv')).map(([, count]) => count);
  const requests = Float64Array.from(all, (_, minute) => {
    const from = Math.max(0, minute - NASA_MEAN_MINUTES + 1);
    let sum = 0;
    for (let i = from; i <= minute; i++) sum += all[i] as number;
    return sum / (minute + 1 - from);
  });
  const part = month === 'july' ? requests.subarray(0, NASA_JULY_MINUTES) : requests.subarray(NASA_JULY_MINUTES);
  return { name: `NASA ${month} 1995, 5-min mean`, requests: part };
}

function rows(file: string): [time: string, count: number][] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const [, ...lines] = text.trim().split(/\r?\n/);
  return lines.map((line): [string, number] => {
    const [time = '', count] = line.split(',');
    if (!Number.isFinite(Number(count)))
      throw new Failure('bad-trace', `${file}: "${line}" is no row of time and count`);
    return [time, Number(count)];
  });
}

/**
 * A program to be killed: writes to a store as fast as it can, and notes every acknowledgement in a file
 * of its own before it goes on. `node crash-writer.ts <store> <acknowledged> <durability> <first>`.
 */
import { openSync, writeSync } from 'node:fs';
import { SystemClock } from '@godwit/base';
import type { Durability } from './log-file.ts';
import { SqliteStore } from './sqlite-store.ts';

const [path = '', acknowledged = '', durability = 'full', first = '0'] = process.argv.slice(2);
const store = await SqliteStore.open({ path, clock: new SystemClock(), durability: durability as Durability });
const notes = openSync(acknowledged, 'a');
let next = Number(first);

/** Creates pairs of keys, since a batch must never be there by half. */
async function write(): Promise<never> {
  for (;;) {
    const id = next++;
    const body = { text: JSON.stringify({ id, padding: 'x'.repeat(1500) }) };
    await store.append([
      { key: `/left/${id}`, body, previous: 0 },
      { key: `/right/${id}`, body, previous: 0 },
    ]);
    writeSync(notes, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, write));

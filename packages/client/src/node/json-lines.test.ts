import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLines } from './json-lines.ts';

async function read(chunks: Uint8Array[]): Promise<unknown[]> {
  async function* stream() {
    yield* chunks;
  }
  const values: unknown[] = [];
  for await (const value of jsonLines(stream())) values.push(value);
  return values;
}

test('values come out however the bytes were cut', async () => {
  const values = [{ type: 'ADDED', text: 'ü 漢 😀' }, 'two', 3, { long: 'x'.repeat(500) }];
  const bytes = new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  for (const size of [1, 2, 3, 7, 64, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.slice(i * size, (i + 1) * size),
    );
    assert.deepEqual(await read(chunks), values, `in pieces of ${size}`);
  }
});

test('a line that breaks off is dropped', async () => {
  assert.deepEqual(await read([new TextEncoder().encode('{"a":1}\n{"b":')]), [{ a: 1 }]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KindDefinition, type KubeObject, StatusFailure } from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { SharedEvent } from '../documents/events.ts';
import type { DocumentEvent, DocumentWatch } from '../operations/operations.ts';
import { plainLine, watchLines } from './watch-body.ts';

const event = (name: string, size = 0) =>
  new SharedEvent(
    'ADDED',
    Document.answer({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { x: 'x'.repeat(size) } }),
  );

/** A watch whose events come in bursts; one event of each is iterated, the others wait. */
function watchOf(bursts: readonly (readonly DocumentEvent[])[], failure?: unknown): DocumentWatch {
  let waiting: readonly DocumentEvent[] = [];
  return {
    kind: {} as KindDefinition<KubeObject>,
    drain: () => waiting,
    async *[Symbol.asyncIterator]() {
      for (const [first, ...rest] of bursts) {
        waiting = rest;
        yield first as DocumentEvent;
      }
      if (failure !== undefined) throw failure;
    },
  };
}

async function read(watch: DocumentWatch): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of watchLines(watch, plainLine)) pieces.push(piece);
  return pieces;
}

const linesOf = (pieces: readonly Uint8Array[]) =>
  Buffer.concat(pieces)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a lone event goes out as the very bytes that every watcher gets', async () => {
  const one = event('a');
  const [piece] = await read(watchOf([[one]]));
  assert.equal(piece, one.line);
});

test('a burst goes out in one piece, a large one in several, in order', async () => {
  assert.equal((await read(watchOf([[event('a'), event('b'), event('c')]]))).length, 1);
  const large = Array.from({ length: 10 }, (_, i) => event(`n${i}`, 100_000));
  const pieces = await read(watchOf([large]));
  assert.ok(pieces.length >= 4 && pieces.every(({ length }) => length < 512 * 1024));
  assert.deepEqual(
    linesOf(pieces).map(({ object }) => object.metadata.name),
    large.map((_, i) => `n${i}`),
  );
});

test('a reader that fell behind is told so, after what it still got', async () => {
  const failure = new StatusFailure('Expired', 'the reader fell behind');
  const lines = linesOf(await read(watchOf([[event('a')]], failure)));
  assert.deepEqual(
    lines.map(({ type }) => type),
    ['ADDED', 'ERROR'],
  );
  assert.deepEqual([lines[1].object.kind, lines[1].object.code, lines[1].object.reason], ['Status', 410, 'Expired']);
});

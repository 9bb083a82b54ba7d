import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from './history.ts';

test('series are found by whom and what they are about', () => {
  const history = new History();
  history.record('host', 0, { cpu: 1, memory: 2, latency: undefined });
  assert.equal(history.series('host', 'cpu')?.last?.value, 1);
  assert.equal(history.series('host', 'memory')?.last?.value, 2);
  assert.equal(history.series('host', 'latency'), undefined);
  assert.equal(history.series('other', 'cpu'), undefined);
  assert.equal(history.size, 2);
});

test('what has been silent too long is forgotten, the rest stays', () => {
  const history = new History({ silenceMs: 1_000 });
  history.record('gone', 0, { cpu: 1 });
  history.record('host', 2_000, { cpu: 1 });
  history.tidy(2_000);
  assert.equal(history.series('gone', 'cpu'), undefined);
  assert.ok(history.series('host', 'cpu'));
});

test('of too many series those go that were silent the longest', () => {
  const history = new History({ mostSeries: 4 });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) history.record(name, 0, { cpu: 1 });
  history.record('a', 1, { cpu: 1 });
  history.tidy(1);
  assert.equal(history.size, 4);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => history.series(name, 'cpu') !== undefined),
    [true, false, false, true],
  );
});

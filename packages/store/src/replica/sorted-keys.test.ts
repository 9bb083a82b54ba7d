import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import { SortedKeys } from './sorted-keys.ts';

function keysFrom(sorted: SortedKeys<{ key: string }>, start: string, limit = Number.POSITIVE_INFINITY): string[] {
  const keys: string[] = [];
  sorted.scan(start, ({ key }) => {
    if (keys.length >= limit) return false;
    keys.push(key);
    return true;
  });
  return keys;
}

test('keys stay in order through insertions and deletions, over many blocks', () => {
  const random = new SeededRandom(1);
  const sorted = new SortedKeys<{ key: string }>();
  const model = new Set<string>();
  for (let i = 0; i < 6000; i++) {
    const key = `/k/${random.integer(4000)}`;
    if (model.has(key)) {
      model.delete(key);
      sorted.delete(key);
    } else {
      model.add(key);
      sorted.insert({ key });
    }
  }
  const expected = [...model].sort();
  assert.deepEqual(keysFrom(sorted, ''), expected);
  for (const start of ['/k/2', '/k/3999', '/k/1234x', '/z', '/a'])
    assert.deepEqual(
      keysFrom(sorted, start),
      expected.filter((key) => key >= start),
    );
  assert.deepEqual(keysFrom(sorted, '/k/5', 3), expected.filter((key) => key >= '/k/5').slice(0, 3));
});

test('deleting what is not there changes nothing', () => {
  const sorted = new SortedKeys<{ key: string }>();
  sorted.delete('/a');
  sorted.insert({ key: '/b' });
  sorted.delete('/a');
  sorted.delete('/c');
  assert.deepEqual(keysFrom(sorted, ''), ['/b']);
});

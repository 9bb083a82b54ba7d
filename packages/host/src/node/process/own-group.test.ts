import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scopeCall } from './own-group.ts';

/** Reads `count` properties, each a name, a signature and its values, as busctl does. */
function propertiesOf(words: readonly string[], count: number): { properties: object; rest: readonly string[] } {
  const properties: Record<string, readonly string[]> = {};
  let at = 0;
  for (let left = count; left > 0; left--) {
    const [name = '', signature, first] = words.slice(at, at + 3);
    const isList = signature?.startsWith('a');
    const begin = at + (isList ? 3 : 2);
    const end = begin + (isList ? Number(first) : 1);
    properties[name] = words.slice(begin, end);
    at = end;
  }
  return { properties, rest: words.slice(at) };
}

test('a scope takes all processes, lies in its slice and stands in nobody’s way once it has failed', () => {
  const words = scopeCall([11, 12], { scope: 'godwit-net-a.scope', slice: 'system.slice', folder: 'godwit-network' });
  const [method, signature, name, mode, count, ...rest] = words.slice(words.indexOf('StartTransientUnit'));
  assert.deepEqual(
    [method, signature, name, mode],
    ['StartTransientUnit', 'ssa(sv)a(sa(sv))', 'godwit-net-a.scope', 'replace'],
  );
  assert.deepEqual(propertiesOf(rest, Number(count)), {
    properties: { PIDs: ['11', '12'], Slice: ['system.slice'], CollectMode: ['inactive-or-failed'] },
    rest: ['0'],
  });
});

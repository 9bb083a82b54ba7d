import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReason } from '@godwit/kinds';
import fc from 'fast-check';
import { parseBody } from './body.ts';
import { findJsonFault } from './json-fault.ts';

function refusal(text: string, format: 'json' | 'yaml'): string {
  try {
    parseBody(text, format);
  } catch (error) {
    assert.ok(isReason(error, 'BadRequest'), String(error));
    return (error as Error).message;
  }
  return assert.fail(`${text} was taken`);
}

test('a fault in JSON is told with its line and column', () => {
  assert.match(refusal('{"a": 1,\n  "b": x}', 'json'), /line 2, column 8: expected a value, found "x"/);
  assert.match(refusal('{"a": [1, 2}', 'json'), /line 1, column 12: expected "," or "\]", found "}"/);
  assert.match(refusal('{"a": "b', 'json'), /a string is not closed.*found the end/);
  assert.match(refusal('', 'json'), /line 1, column 1: expected a value, found the end/);
  assert.match(refusal('{} {}', 'json'), /column 4: nothing may follow the value/);
  assert.match(refusal('{"a" 1}', 'json'), /expected ":" after a field name/);
  assert.match(refusal("{'a': 1}", 'json'), /expected a field name in double quotes/);
});

test('a fault in YAML is told with its line and column', () => {
  assert.match(refusal('a: 1\nb: [1, 2\nc: 3', 'yaml'), /not valid YAML: line \d+, column \d+/);
  assert.match(refusal('a: 1\n  b: 2', 'yaml'), /line 2/);
});

test('YAML is read as kubectl reads it', () => {
  assert.deepEqual(parseBody('a: yes\nb: 014\nc: 2026-01-01T00:00:00Z\nd: ~', 'yaml'), {
    a: true,
    b: 12,
    c: '2026-01-01T00:00:00Z',
    d: null,
  });
});

test('aliases cannot make a small document large', () => {
  const lines = ['a0: &a0 [x, x]'];
  for (let i = 1; i < 12; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  assert.match(refusal(lines.join('\n'), 'yaml'), /alias/);
  // Few aliases, and more than a hundred million values.
  assert.match(refusal([...lines.slice(0, 9), 'b: *a8'].join('\n'), 'yaml'), /aliases would make it too large/);
  assert.match(refusal(`a: &a ${'x'.repeat(1_000_000)}\nb: [${'*a, '.repeat(20)}]`, 'yaml'), /too large/);
  assert.match(refusal('a: &a [1, *a]', 'yaml'), /too large/);
  assert.deepEqual(parseBody('a: &a {b: 1}\nc: *a\nd: "*"', 'yaml'), { a: { b: 1 }, c: { b: 1 }, d: '*' });
});

test('a fault is found exactly where the engine refuses the text', () => {
  const refused = (text: string): boolean => {
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  };
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"',
    '\\',
    '1',
    '-0.5e3',
    '01',
    'true',
    'nul',
    ' ',
    '\n',
    '\u0001',
  );
  const broken = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
  const whole = fc.json();
  fc.assert(
    fc.property(fc.oneof(broken, whole, fc.string()), (text) => {
      assert.equal(findJsonFault(text) !== undefined, refused(text), JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

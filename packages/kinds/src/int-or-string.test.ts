import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, isPercentage } from './int-or-string.ts';

test('percentages are shares of the total, rounded as told', () => {
  assert.equal(countOf('25%', 10, 'up'), 3);
  assert.equal(countOf('25%', 10, 'down'), 2);
  assert.equal(countOf('100%', 7, 'down'), 7);
  assert.equal(countOf(4, 10, 'up'), 4);
  assert.equal(isPercentage('25%'), true);
  assert.equal(isPercentage('25'), false);
  assert.throws(() => countOf('many', 10, 'up'), { code: 'invalid-count' });
});

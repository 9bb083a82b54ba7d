import assert from 'node:assert/strict';
import { test } from 'node:test';
import { switchesInWords } from './words.ts';

test('what is to be switched is counted, and what is none is not told', () => {
  assert.equal(switchesInWords(1, 0), '1 host to switch off');
  assert.equal(switchesInWords(0, 2), '2 hosts to switch on');
  assert.equal(switchesInWords(2, 1), '2 hosts to switch off and 1 host to switch on');
});

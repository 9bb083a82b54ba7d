import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toldTogether } from './tell-answers.ts';

test('what is the same of many machines without a host is told once', () => {
  const answer = (machine: string, host: string | null, explanation: string, of = 'Deployment/web') => ({
    machine,
    host,
    explanation,
    of,
  });
  const answers = [
    answer('w1', 'a', 'has room'),
    answer('w2', 'b', 'has room'),
    answer('w3', null, 'too large'),
    answer('w4', null, 'too large'),
    answer('w5', null, 'other words'),
    answer('x1', null, 'other words', 'Deployment/x'),
  ];
  assert.deepEqual(
    toldTogether(answers).map((group) => group.answers.map(({ machine }) => machine)),
    [['w1'], ['w2'], ['w3', 'w4'], ['w5'], ['x1']],
  );
});

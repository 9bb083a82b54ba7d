import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffLeftMs } from './start-failure.ts';

const failure = { consecutiveFailCount: 1, lastFailedVMIUID: 'a', retryAfterTimestamp: '2026-01-01T00:00:10Z' };

test('a start that failed waits, but never for a clock that was put back', () => {
  const retryMs = Date.parse(failure.retryAfterTimestamp);
  assert.equal(backOffLeftMs(failure, retryMs - 4_000), 4_000);
  assert.equal(backOffLeftMs(failure, retryMs + 4_000), 0);
  assert.equal(backOffLeftMs(failure, retryMs - 86_400_000), 0);
});

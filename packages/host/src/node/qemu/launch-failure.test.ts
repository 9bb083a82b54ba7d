import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchFailure } from './start-process.ts';

test('what QEMU says when it does not start is told by a code, without the time', () => {
  const said = (line: string) => launchFailure(`2026-01-01T00:00:00.123456Z qemu-system-x86_64: ${line}\n`, 1);
  const model = said("unable to find CPU model 'NoSuchModel'");
  assert.equal(model.code, 'unsupported-hardware');
  assert.equal(model.message, "qemu-system-x86_64: unable to find CPU model 'NoSuchModel'");
  assert.equal(said('cannot set up guest memory: Cannot allocate memory').code, 'no-memory');
  assert.equal(said('Failed to get "write" lock').code, 'disk-in-use');
  assert.equal(said('No space left on device').code, 'no-space');
  assert.equal(said('something else').code, 'launch-failed');
  assert.equal(launchFailure('', 'SIGKILL').message, 'QEMU ended with SIGKILL');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutLogMarks } from './runtime-command.ts';

test('words of the runtime are told without its time and level; those of the command stay as they are', () => {
  const said = 'time="2026-01-01T00:00:00Z" level=error msg="exec failed: exec: \\"/bin/x\\": no such file"\n';
  assert.equal(withoutLogMarks(said), 'exec failed: exec: "/bin/x": no such file\n');
  assert.equal(withoutLogMarks('time="soon" and more\n'), 'time="soon" and more\n');
});

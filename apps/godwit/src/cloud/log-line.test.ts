import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalLine } from './log-line.ts';

test('a line of the journal: priority, part, message, facts', () => {
  assert.equal(
    journalLine('warn', 'the rules are gone', { part: 'network', table: 'godwit_ab', looks: 3 }),
    '<4>network: the rules are gone table=godwit_ab looks=3\n',
  );
  assert.equal(journalLine('info', 'ready', {}), '<6>ready\n');
});

test('values with spaces and quotes are quoted, absent ones left out, and nothing breaks the line', () => {
  const line = journalLine('error', 'qemu said\n  two lines\n', { error: 'a "b"\nc', uid: undefined, list: ['x', 1] });
  assert.equal(line, '<3>qemu said; two lines error="a \\"b\\"\\nc" list=["x",1]\n');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, describeError, Failure } from './errors.ts';

test('causes are told in order, and nothing twice', () => {
  const cause = new Failure('bottom', 'the disk is full');
  const middle = new Failure('middle', 'cannot write: the disk is full', { cause });
  assert.equal(
    describeError(new Failure('top', 'saving failed', { cause: middle })),
    'saving failed: cannot write: the disk is full',
  );
  assert.equal(describeError(new Failure('top', 'saving failed', { cause })), 'saving failed: the disk is full');
  assert.equal(describeError('words'), 'words');
  assert.equal(describeError(new Error('', { cause: new Error('why') })), 'why');
});

test('codes of what was thrown', () => {
  assert.equal(codeOf(new Failure('no-space', 'full')), 'no-space');
  assert.equal(codeOf(Object.assign(new Error('gone'), { code: 'ENOENT' })), 'ENOENT');
  assert.equal(codeOf('words'), 'unknown');
});

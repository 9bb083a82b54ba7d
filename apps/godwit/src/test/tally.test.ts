import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Tally, type TestEvent } from './tally.ts';

const ROOT = '/project';
const FILE = `${ROOT}/test/x.test.ts`;

type Error = NonNullable<NonNullable<TestEvent['data']['details']>['error']>;

const start = (nesting: number, name: string): TestEvent => ({
  type: 'test:start',
  data: { nesting, name, file: FILE },
});
const pass = (nesting: number, name: string, more: Partial<TestEvent['data']> = {}): TestEvent => ({
  type: 'test:pass',
  data: { nesting, name, file: FILE, ...more },
});
const fail = (nesting: number, name: string, error: Error, type = 'test'): TestEvent => ({
  type: 'test:fail',
  data: { nesting, name, file: FILE, details: { type, error } },
});

function summed(...events: readonly TestEvent[]) {
  const tally = new Tally(ROOT);
  for (const event of events) tally.hear(event);
  return tally.summary();
}

const subtestsFailed = { message: '1 subtest failed', failureType: 'subtestsFailed', cause: '1 subtest failed' };

describe('the tally of a run', () => {
  test('counts tests and not the suites that they are in, and names what was skipped, suites too', () => {
    const { passed, failures, skipped } = summed(
      start(0, 'disks'),
      start(1, 'grow'),
      pass(1, 'grow'),
      start(1, 'shrink'),
      pass(1, 'shrink', { skip: 'no qemu' }),
      pass(0, 'disks', { details: { type: 'suite' } }),
      start(0, 'machines'),
      pass(0, 'machines', { skip: 'no podman', details: { type: 'suite' } }),
    );
    assert.deepEqual([passed, failures], [1, []]);
    assert.deepEqual(skipped, [
      { file: 'test/x.test.ts', name: 'disks › shrink', reason: 'no qemu' },
      { file: 'test/x.test.ts', name: 'machines', reason: 'no podman' },
    ]);
  });

  test('names a failure with all that it is in, once, with its error and where that was thrown', () => {
    const stack = `AssertionError: 1 !== 2
    at equal (node:internal/assert:3:4)
    at check (file:///project/node_modules/lib/check.js:1:1)
    at TestContext.<anonymous> (file:///project/test/support/check.ts:41:12)
    at file:///project/test/x.test.ts:7:1`;
    const cause = Object.assign(new Error('1 !== 2'), { stack });
    const { passed, failures } = summed(
      start(0, 'disks'),
      start(1, 'before'),
      pass(1, 'before'),
      start(1, 'grow'),
      start(2, 'twice'),
      fail(2, 'twice', { message: '1 !== 2', failureType: 'testCodeFailure', cause }),
      fail(1, 'grow', subtestsFailed),
      fail(0, 'disks', subtestsFailed, 'suite'),
    );
    assert.equal(passed, 1);
    assert.deepEqual(failures, [
      { file: 'test/x.test.ts', name: 'disks › grow › twice', reason: '1 !== 2\nat test/support/check.ts:41' },
    ]);
  });

  test('tells of hooks, of what is no error, and of time that ran out', () => {
    const hook = { message: 'failed running before hook', failureType: 'hookFailed', cause: { message: 'no disk' } };
    const { failures } = summed(
      start(0, 'disks'),
      fail(0, 'disks', hook, 'suite'),
      start(0, 'text'),
      fail(0, 'text', { message: 'thrown text', failureType: 'testCodeFailure', cause: 'thrown text' }),
      start(0, 'slow'),
      fail(0, 'slow', { message: 'test timed out after 50ms', failureType: 'testTimeoutFailure' }),
    );
    assert.deepEqual(
      failures.map(({ name, reason }) => `${name}: ${reason}`),
      ['disks: failed running before hook: no disk', 'text: thrown text', 'slow: test timed out after 50ms'],
    );
  });

  test('keeps the first lines of long errors', () => {
    const message = `\n${Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')}\n`;
    const { failures } = summed(start(0, 'long'), fail(0, 'long', { message, cause: new Error(message) }));
    const lines = failures[0]?.reason.split('\n') ?? [];
    assert.deepEqual([lines[0], lines.length < 20, lines.includes('…')], ['line 0', true, true]);
  });

  test('of a file that ended before its tests did it tells the last words', () => {
    const say = (message: string): TestEvent => ({ type: 'test:stderr', data: { file: 'test/x.test.ts', message } });
    const { failures } = summed(
      say('Error: cannot find x.ts\n'),
      say('    at resolve (node:internal/modules:1:1)\n\n'),
      start(0, 'test/x.test.ts'),
      fail(0, 'test/x.test.ts', { message: 'test failed', cause: 'test failed', exitCode: 7 }),
    );
    assert.deepEqual(failures, [
      { file: 'test/x.test.ts', name: '', reason: 'ended with code 7\nError: cannot find x.ts' },
    ]);
  });
});

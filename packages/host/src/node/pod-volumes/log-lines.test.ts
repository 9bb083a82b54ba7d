import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter, parseLogLine } from './log-lines.ts';

test('a line of a log: whole, and a piece of a longer one', () => {
  const whole = parseLogLine(Buffer.from('2026-01-02T03:04:05.123456789+00:00 stderr F some text'));
  assert.equal(whole?.stream, 'stderr');
  assert.equal(whole?.bytes.toString(), 'some text\n');
  assert.equal(whole?.timeMs, Date.UTC(2026, 0, 2, 3, 4, 5, 123));
  const piece = parseLogLine(Buffer.from('2026-01-02T03:04:05.1Z stdout P part'));
  assert.deepEqual([piece?.whole, piece?.bytes.toString()], [false, 'part']);
  assert.equal(parseLogLine(Buffer.from('2026-01-02T03:04:05Z stdout F '))?.bytes.toString(), '\n');
  assert.equal(parseLogLine(Buffer.from('garbage')), undefined);
});

test('lines come whole however the bytes are cut', () => {
  const text = 'one\ntwo\n\nlast';
  for (let size = 1; size < text.length; size++) {
    const splitter = new LineSplitter();
    const lines: string[] = [];
    for (let at = 0; at < text.length; at += size) {
      for (const line of splitter.push(Buffer.from(text.slice(at, at + size)))) lines.push(line.toString());
    }
    assert.deepEqual(lines, ['one', 'two', ''], `cut every ${size}`);
  }
});

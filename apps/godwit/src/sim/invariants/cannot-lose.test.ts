import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannotLose, type Loss, type Size } from './cannot-lose.ts';

const host = (name: string, movable: Size[], staying: Size[] = []): Loss => {
  return { name, capacity: [4_000, 400], staying, movable };
};
const memory = (bytes: number): Size => [100, bytes];
const cpu = (millis: number): Size => [millis, 10];

test('what one host carries must have room on the others, by memory and by processor time', () => {
  assert.equal(cannotLose([host('a', [memory(200)]), host('b', [memory(200)])], 1, true), undefined);
  assert.match(cannotLose([host('a', [memory(200)]), host('b', [memory(201)])], 1, true) ?? '', /what a carries/);
  assert.match(cannotLose([host('a', [cpu(2_001)]), host('b', [cpu(2_000)])], 1, true) ?? '', /no room/);
});

test('room in pieces is no room, though the sum of it would do', () => {
  const pieces = [host('a', [memory(250)]), host('b', [memory(200)]), host('c', [memory(200)])];
  assert.match(cannotLose(pieces, 1, true) ?? '', /what a carries/);
  const smaller = [host('a', [memory(100), memory(150)]), host('b', [memory(200)]), host('c', [memory(200)])];
  assert.equal(cannotLose(smaller, 1, true), undefined);
});

test('a place is found where the first that offers itself is the wrong one', () => {
  const hosts = [
    host('lost', [memory(120), memory(110), memory(90), memory(80)]),
    host('b', [memory(200)]),
    host('c', [memory(200)]),
  ];
  assert.equal(cannotLose(hosts, 1, true), undefined);
});

test('hosts that are not the fullest count too, and several at once', () => {
  const hosts = [host('a', [memory(250), cpu(10)]), host('b', [memory(200)]), host('c', [memory(220)])];
  assert.ok(cannotLose(hosts, 1, true));
  assert.ok(cannotLose([host('a', [memory(150)]), host('b', [memory(150)]), host('c', [memory(150)])], 2, true));
});

test('who has to stay is not helped, and takes room from others', () => {
  assert.equal(cannotLose([host('a', [], [memory(300)]), host('b', [memory(100)])], 1, true), undefined);
  assert.ok(cannotLose([host('a', [], [memory(301)]), host('b', [memory(100)])], 1, true));
});

test('where all would be gone nothing may run; of a single move no more is asked', () => {
  assert.match(cannotLose([host('a', [memory(1)])], 1, false) ?? '', /^1 host is on$/);
  assert.equal(cannotLose([host('a', [])], 1, true), undefined);
  assert.equal(cannotLose([host('a', [memory(400)]), host('b', [memory(400)])], 1, false), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binaryQuantity, parseQuantity, readableBytes, thousandths, wholeUnits } from './quantity.ts';

test('quantities stand for the numbers that Kubernetes gives them', () => {
  const cases: [string | number, number | undefined][] = [
    ['1', 1],
    [2.5, 2.5],
    ['100m', 0.1],
    ['1500m', 1.5],
    ['1Gi', 1073741824],
    ['1.5Gi', 1610612736],
    ['64M', 64e6],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1E', 1e18],
    ['5k', 5000],
    ['.5', 0.5],
    ['+1', 1],
    ['-1Mi', -1048576],
    ['', undefined],
    ['1GiB', undefined],
    ['abc', undefined],
    ['1e400', undefined],
    ['1 Gi', undefined],
    ['1K', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseQuantity(text), expected, String(text));
});

test('thousandths and whole units round up', () => {
  assert.equal(thousandths('0.1'), 100);
  assert.equal(thousandths('250m'), 250);
  assert.equal(thousandths('1u'), 1);
  assert.equal(thousandths(undefined), 0);
  assert.equal(wholeUnits('1.5'), 2);
  assert.equal(wholeUnits('128Mi'), 134217728);
});

test('bytes are written back as the shortest exact quantity', () => {
  assert.equal(binaryQuantity(4294967296), '4Gi');
  assert.equal(binaryQuantity(134217728 * 4), '512Mi');
  assert.equal(binaryQuantity(1000), '1000');
  assert.equal(binaryQuantity(0), '0');
  assert.equal(readableBytes(2254857830), '2.1 GiB');
  assert.equal(readableBytes(4294967296), '4 GiB');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDevices, DeviceTable } from './device-table.ts';

test('one device is the fullest with room, several are the first with room', () => {
  const free = Int32Array.from([1000, 300, 500, 1000]);
  assert.deepEqual(chooseDevices(free, 1, 400), [2]);
  assert.deepEqual(chooseDevices(free, 1, 1000), [0]);
  assert.deepEqual(chooseDevices(free, 2, 1000), [0, 3]);
  assert.equal(chooseDevices(free, 3, 1000), undefined);
});

test('what was given stays given when a host says anew what it has', () => {
  const table = new DeviceTable();
  table.setHost(0, [1000, 1000]);
  const given = table.put({ count: 1, share: 400 }, 0);
  assert.deepEqual(given.devices, [0]);
  table.setHost(0, [1000, 1000, 1000]);
  assert.deepEqual([...table.free(0)], [600, 1000, 1000]);
  table.remove(given, 0);
  assert.deepEqual([...table.free(0)], [1000, 1000, 1000]);
});

test('a machine that nothing is left for gets none, and gives none back', () => {
  const table = new DeviceTable();
  table.setHost(0, [1000]);
  const given = table.put({ count: 2, share: 1000 }, 0);
  assert.deepEqual(given.devices, []);
  table.remove(given, 0);
  assert.deepEqual([...table.free(0)], [1000]);
});

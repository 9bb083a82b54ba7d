import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorTimeOf, timeCall } from './processor-time.ts';

test('systemd is told microseconds a second until the scope ends, and all ones for as much as it likes', () => {
  const words = (processors: number | undefined) => {
    const call = timeCall('godwit-vm-a.scope', processors);
    return call.slice(call.indexOf('SetUnitProperties'));
  };
  const property = ['SetUnitProperties', 'sba(sv)', 'godwit-vm-a.scope', 'true', '1', 'CPUQuotaPerSecUSec', 't'];
  assert.deepEqual(words(2), [...property, '2000000']);
  assert.deepEqual(words(undefined), [...property, '18446744073709551615']);
});

test('a process that is not there has no limit', async () => {
  assert.equal(await processorTimeOf(2 ** 30), undefined);
});

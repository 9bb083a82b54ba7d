import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address, Door } from '@godwit/kinds';
import { QuietDoor } from './quiet-door.ts';

const scalers = { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers', namespace: 'a', name: 'x' };
const status: Address = { ...scalers, subresource: 'status' };
const limited = (message: string, is = 'False') => ({ type: 'ScalingLimited', status: is, reason: 'R', message });
const scaler = (found: object) => ({ apiVersion: 'autoscaling/v2', kind: 'H', metadata: { uid: '1' }, status: found });

function doors() {
  const written: unknown[] = [];
  let broken = false;
  const inner = {
    update: (_address: Address, object: unknown) => {
      if (broken) return Promise.reject(new Error('conflict'));
      written.push(object);
      return Promise.resolve(object);
    },
  } as unknown as Door;
  const quiet = new QuietDoor();
  return {
    written,
    quiet,
    door: quiet.around(inner),
    breaks: (is: boolean) => {
      broken = is;
    },
  };
}

test('a status in which only what was measured is new is counted, and not written', async () => {
  const { written, quiet, door } = doors();
  const say = (found: object) => door.update(status, scaler(found));
  await say({ desiredReplicas: 3, currentMetrics: [1], conditions: [limited('30 %')] });
  await say({ desiredReplicas: 3, currentMetrics: [2], conditions: [limited('40 %')] });
  assert.deepEqual([written.length, quiet.told], [1, 1]);
  await say({ desiredReplicas: 4, currentMetrics: [2], conditions: [limited('40 %')] });
  await say({ desiredReplicas: 4, currentMetrics: [2], conditions: [limited('40 %', 'True')] });
  assert.deepEqual([written.length, quiet.told], [3, 1]);
  await door.update(scalers, scaler({}));
  assert.equal(written.length, 4);
});

test('what could not be written was not said', async () => {
  const { written, door, breaks } = doors();
  breaks(true);
  await assert.rejects(door.update(status, scaler({ desiredReplicas: 3 })));
  breaks(false);
  await door.update(status, scaler({ desiredReplicas: 3 }));
  assert.equal(written.length, 1);
});

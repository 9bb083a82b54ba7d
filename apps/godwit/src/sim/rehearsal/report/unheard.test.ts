import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import { unheardOf } from './unheard.ts';
import { chinese, english } from './words.ts';

const scaler = (kind: string, name: string, types: readonly string[]): KubeObject =>
  ({ kind, metadata: { namespace: 'shop', name }, spec: { metrics: types.map((type) => ({ type })) } }) as never;

test('autoscalers that go by what nobody knows are told, with what that is', () => {
  const unheard = unheardOf([
    scaler('ElasticPolicy', 'web', ['requests', 'cpu', 'requests']),
    scaler('ElasticPolicy', 'api', ['cpu', 'memory']),
    scaler('HorizontalPodAutoscaler', 'queue', ['Resource', 'External']),
    scaler('Deployment', 'web', ['requests']),
  ]);
  assert.deepEqual(unheard, [
    { scaler: 'ElasticPolicy shop/web', metrics: ['requests'] },
    { scaler: 'HorizontalPodAutoscaler shop/queue', metrics: ['External'] },
  ]);
  assert.match(english.leftOut(unheard), /ElasticPolicy shop\/web \(requests\), HorizontalPodAutoscaler shop\/queue/);
  assert.match(chinese.leftOut(unheard), /ElasticPolicy shop\/web（requests）、/);
  assert.doesNotMatch(english.leftOut([]), /metrics/);
});

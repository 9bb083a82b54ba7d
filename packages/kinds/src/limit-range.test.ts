import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LimitRange, type LimitRangeItem, limitRange } from './limit-range.ts';

function faults(...limits: readonly Partial<LimitRangeItem>[]): readonly string[] {
  const item = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l', namespace: 'n' },
    spec: { limits: limits.map((each) => ({ type: 'Container', ...each })) },
  };
  return (limitRange.validate?.(item as LimitRange, {}) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

test('bounds that agree are taken', () => {
  const min = { cpu: '100m' };
  const max = { cpu: '2' };
  const sound = {
    min,
    max,
    default: { cpu: '1' },
    defaultRequest: { cpu: '100m' },
    maxLimitRequestRatio: { cpu: '20' },
  };
  assert.deepEqual(faults(sound, { type: 'Pod', max }, { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }), []);
});

test('bounds beside which nothing could be made are refused, each by its name', () => {
  const first = (item: Partial<LimitRangeItem>) => faults(item)[0] ?? '';
  assert.equal(
    first({ min: { cpu: '2' }, max: { cpu: '1' } }),
    'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
  );
  assert.match(first({ max: { cpu: '1' }, default: { cpu: '5' } }), /default value 5 is greater than max value 1$/);
  assert.match(
    first({ default: { cpu: '1' }, defaultRequest: { cpu: '5' } }),
    /default request value 5 is greater than default value 1$/,
  );
  assert.match(
    first({ min: { cpu: '2' }, defaultRequest: { cpu: '1' } }),
    /min value 2 is greater than default request/,
  );
  assert.match(first({ min: { cpu: '-1' } }), /must be greater than or equal to 0$/);
  assert.match(first({ maxLimitRequestRatio: { cpu: '500m' } }), /ratio 500m is less than 1$/);
  assert.match(
    first({ min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }),
    /ratio 3 is greater than max\/min = 2$/,
  );
  assert.match(first({ type: 'Node' }), /must be a standard limit type/);
  assert.match(first({ type: 'Pod', default: { cpu: '1' } }), /^spec.limits\[0\].default: Forbidden/);
  assert.match(first({ type: 'PersistentVolumeClaim' }), /either minimum or maximum storage/);
  assert.match(faults({}, {})[0] ?? '', /^spec.limits\[1\].type: Duplicate value/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricCell } from './metric-text.ts';

test('what is and what is to be, each in the unit of its metric', () => {
  const latency = { name: 'latency', type: 'latency', service: 'web', target: { value: '100m' } } as const;
  assert.equal(metricCell(latency, '0.18'), 'latency: 180ms/100ms');
  assert.equal(metricCell(latency, '1.2345'), 'latency: 1.23s/100ms');
  const cpu = { name: 'cpu', type: 'cpu', target: { value: 50 } } as const;
  assert.equal(metricCell(cpu, '72.89'), 'cpu: 72.9%/50%');
  const requests = { name: 'rps', type: 'requests', service: 'web', predictive: { value: '100' } } as const;
  assert.equal(metricCell(requests, '4500.4'), 'rps: 4500/100');
  assert.equal(metricCell(requests, undefined), 'rps: <unknown>/100');
  const jobs = { name: 'jobs', type: 'http', url: 'http://queue/', step: { lower: '2', upper: '10' } } as const;
  assert.equal(metricCell(jobs, '5'), 'jobs: 5/2-10');
});

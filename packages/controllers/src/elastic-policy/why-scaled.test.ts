import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ElasticMetricSpec } from '@godwit/kinds';
import { type ElasticAnswer, type ElasticMetric, type ElasticPart, whyInEnglish } from '@godwit/planner';
import { algorithmOf, aWaitingRequest } from './elastic-question.ts';
import { type Asked, whyScaled } from './why-scaled.ts';

const latency = { name: 'latency', type: 'latency', service: 'web', target: { value: '100m' } } as const;
const requests = { name: 'requests', type: 'requests', service: 'web', predictive: { value: '100' } } as const;
const cpu = { name: 'cpu', type: 'cpu', target: { value: '60' } } as const;
const jobs = { name: 'jobs', type: 'http', url: 'http://queue/', step: { upper: '10', lower: '2' } } as const;

const shared = new Set(['requests', 'http']);

function metric(spec: ElasticMetricSpec, value: number, forecast?: number): ElasticMetric {
  const of = shared.has(spec.type) ? 'shared' : spec.type === 'cpu' ? 'mean' : 'whole';
  const algorithm = algorithmOf(spec, 10);
  return {
    name: spec.name,
    resource: 'cpu',
    algorithm,
    load: { of, value },
    ...(forecast !== undefined && { forecast }),
  };
}

function part(by: string, wanted: number, more: Partial<ElasticPart> = {}): ElasticPart {
  const usual = { of: 'machines', before: 1, units: wanted, others: [], stabilized: 'no', limited: 'within' } as const;
  return { ...usual, by, wanted, ...more };
}

const whyOf = (answer: ElasticAnswer, asked: Asked) => whyInEnglish(whyScaled(answer, asked));

function why(parts: readonly ElasticPart[], specs: readonly ElasticMetricSpec[], metrics: readonly ElasticMetric[]) {
  const sizes = {
    cpu: { minimum: 0.5, maximum: 2, grain: 0.5 },
    memory: { minimum: 2 ** 29, maximum: 2 ** 31, grain: 1 },
  };
  const answer: ElasticAnswer = { shape: { replicas: 1, sizes: {} }, by: 'metrics', parts, unknown: [] };
  return whyOf(answer, { metrics, specs, sizes, schedule: undefined });
}

test('a metric is told in its unit, with the goal that it is compared with', () => {
  assert.equal(
    why([part('latency', 3)], [latency], [metric(latency, 0.18)]),
    'latency of 180 ms against a goal of 100 ms asks for 3 machines',
  );
  assert.equal(
    why([part('cpu', 4, { others: [{ name: 'jobs', units: 1 }] })], [cpu, jobs], [metric(cpu, 85.04), metric(jobs, 5)]),
    'cpu at 85 % against a goal of 60 % asks for 4 machines (jobs for 1 machine)',
  );
  assert.equal(
    why([part('jobs', 2)], [jobs], [metric(jobs, 21)]),
    'jobs of 21, to be between 2 and 10 each, ask for 2 machines',
  );
});

test('a forecast is told where it asks for more than what is there now', () => {
  assert.equal(
    why([part('requests', 5)], [requests], [metric(requests, 441, 5)]),
    'requests of 441/s against a goal of 100/s each ask for 5 machines',
  );
  assert.equal(
    why([part('requests', 7)], [requests], [metric(requests, 441, 7)]),
    'requests of 441/s, and more that is foretold, against a goal of 100/s each ask for 7 machines',
  );
});

test('sizes are told as what they are, and what is done instead of what was asked for', () => {
  const held = { of: 'cpu', units: 2, stabilized: 'down-stabilized' } as const;
  assert.equal(
    why([part('latency', 1, held)], [latency], [metric(latency, 0.04)]),
    'latency of 40 ms against a goal of 100 ms asks for 0.5 cores; it keeps 1 core for now, since more was asked for a short while ago',
  );
  const most = { of: 'memory', units: 4, limited: 'maximum' } as const;
  assert.equal(
    why([part('jobs', 9, most)], [jobs], [metric(jobs, 90)]),
    'jobs of 90, to be between 2 and 10 each, ask for 4.5 GiB of memory; it gets 2 GiB of memory, since no more is allowed',
  );
  assert.equal(
    why([part('requests', 0, { units: 1 })], [requests], [metric(requests, 0)]),
    'requests of 0/s against a goal of 100/s each ask for 0 machines; it keeps 1 machine until nothing was asked for long enough',
  );
});

test('who waits is told as that, and what is not known', () => {
  assert.equal(why([part(aWaitingRequest.name, 1)], [], [aWaitingRequest]), 'a request that waits asks for 1 machine');
  const nothing = {
    shape: { replicas: 1, sizes: {} },
    parts: [],
    unknown: [{ name: 'latency', why: { is: 'no-value' } }],
  } as const;
  const asked = { metrics: [], specs: [], sizes: {}, schedule: undefined };
  assert.equal(
    whyOf({ ...nothing, by: 'hold' }, asked),
    'no metric can be told, so that nothing changes; not known: latency: there is no value',
  );
});

test('the reason is a value: figures in base units, to the three digits that are told', () => {
  const sizes = { cpu: { minimum: 0.5, maximum: 2, grain: 0.5 } };
  const parts = [part('requests', 3, { of: 'cpu', units: 2, limited: 'up-rate' })];
  const answer: ElasticAnswer = { shape: { replicas: 1, sizes: {} }, by: 'metrics', parts, unknown: [] };
  const asked = { metrics: [metric(requests, 441.234)], specs: [requests], sizes, schedule: 'day' };
  assert.deepEqual(whyScaled(answer, asked), {
    is: 'demand',
    schedule: 'day',
    parts: [
      {
        of: 'cpu',
        by: {
          is: 'metric',
          name: 'requests',
          found: { type: 'requests', value: 441, goal: { is: 'target', target: 100 }, each: true },
        },
        wanted: 1500,
        held: { at: 1000, since: 'up-rate' },
      },
    ],
  });
});

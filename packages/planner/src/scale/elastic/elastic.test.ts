import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ScaleHistory } from '../scale-history.ts';
import type { ElasticAlgorithm } from './algorithm.ts';
import { unitsBy } from './algorithm.ts';
import { decideElastic, ElasticMemory, type ElasticMetric, type ElasticQuestion } from './elastic-decision.ts';
import { outOrUp, type ShapeBounds } from './out-or-up.ts';
import { boundsAt } from './schedule.ts';

const carriers = { current: 4, ready: 4 };
const line = { type: 'linear', lower: 100, upper: 500, base: 2, top: 10, step: 3 } as const;
const lineAt = (value: number, current = 4) => unitsBy(line, { of: 'shared', value }, { current, ready: current });

test('step: outside the thresholds a step, between them nothing', () => {
  const algorithm = { type: 'step', upper: 80, lower: 30, up: 2, down: 1 } as const;
  const at = (value: number) => unitsBy(algorithm, { of: 'mean', value }, carriers);
  assert.deepEqual([at(81), at(80), at(30), at(29)], [6, 4, 4, 3]);
  assert.equal(unitsBy(algorithm, { of: 'shared', value: 400 }, carriers), 6);
  assert.equal(unitsBy(algorithm, { of: 'mean', value: 0 }, { current: 0, ready: 0 }), 0);
});

test('linear: flat, a line, and a step above that never asks for fewer', () => {
  assert.deepEqual([lineAt(0), lineAt(100), lineAt(300), lineAt(500)], [2, 2, 6, 10]);
  assert.deepEqual([lineAt(501), lineAt(501, 13)], [13, 16]);
});

test('target: in proportion, with a tolerance', () => {
  const algorithm = { type: 'target', target: 50, tolerance: 0.1 } as const;
  assert.equal(unitsBy(algorithm, { of: 'mean', value: 100 }, carriers), 8);
  assert.equal(unitsBy(algorithm, { of: 'mean', value: 54 }, carriers), 4);
  assert.equal(unitsBy(algorithm, { of: 'shared', value: 500 }, carriers), 10);
  assert.equal(unitsBy(algorithm, { of: 'shared', value: 500 }, { current: 0, ready: 0 }), 10);
});

const algorithms: readonly ElasticAlgorithm[] = [
  line,
  { type: 'step', upper: 80, lower: 30, up: 2, down: 1 },
  { type: 'target', target: 50, tolerance: 0.1 },
  { type: 'predictive', target: 50, margin: 2 },
];

test('more load never asks for less, whatever the algorithm', () => {
  const load = fc.double({ min: 0, max: 1e5, noNaN: true });
  const of = fc.constantFrom('mean' as const, 'shared' as const, 'whole' as const);
  fc.assert(
    fc.property(load, load, of, fc.nat(50), fc.constantFrom(...algorithms), (a, b, kind, current, algorithm) => {
      const at = (value: number) => unitsBy(algorithm, { of: kind, value }, { current, ready: current });
      assert.ok(at(Math.max(a, b)) >= at(Math.min(a, b)));
    }),
  );
});

const bounds: ShapeBounds = {
  minimum: 1,
  maximum: 3,
  prefer: 'out',
  sizes: { cpu: { minimum: 1, maximum: 4, grain: 1 } },
};

test('out first: more machines, and larger ones when there may be no more', () => {
  const shape = (cpu: number, prefer: 'out' | 'up') => {
    const { replicas, sizes } = outOrUp({ replicas: 0, totals: { cpu } }, { ...bounds, prefer });
    return `${replicas} x ${sizes.cpu}`;
  };
  assert.deepEqual(
    [1, 2, 3, 4, 7, 12, 20].map((cpu) => shape(cpu, 'out')),
    ['1 x 1', '2 x 1', '3 x 1', '3 x 2', '3 x 3', '3 x 4', '3 x 4'],
  );
  assert.deepEqual(
    [1, 3, 4, 5, 8, 9, 20].map((cpu) => shape(cpu, 'up')),
    ['1 x 1', '1 x 3', '1 x 4', '2 x 3', '2 x 4', '3 x 3', '3 x 4'],
  );
});

const cpuMetric = (value: number, resource = 'cpu'): ElasticMetric => ({
  name: resource,
  resource,
  algorithm: { type: 'target', target: 60, tolerance: 0.1 },
  load: { of: 'mean', value },
});

const asked = (change: Partial<ElasticQuestion>): ElasticQuestion => ({
  metrics: [cpuMetric(60)],
  now: { replicas: 1, sizes: { cpu: 2 } },
  ready: 1,
  bounds: { ...bounds, prefer: 'up' },
  up: {},
  down: {},
  idleMs: 60_000,
  ...change,
});
const fresh = () => new ElasticMemory(() => new ScaleHistory());

test('one policy chooses out or up', () => {
  const { shape } = decideElastic(asked({ metrics: [cpuMetric(90)] }), fresh(), 0);
  assert.deepEqual(shape, { replicas: 1, sizes: { cpu: 3 } });
  const more = decideElastic(asked({ metrics: [cpuMetric(90)], now: { replicas: 1, sizes: { cpu: 4 } } }), fresh(), 0);
  assert.deepEqual(more.shape, { replicas: 2, sizes: { cpu: 3 } });
  const out = asked({ metrics: [cpuMetric(90)], bounds });
  assert.deepEqual(decideElastic(out, fresh(), 0).shape, { replicas: 3, sizes: { cpu: 1 } });
});

test('lost metrics hold; after a while the number for that is taken', () => {
  const failure = { is: 'failed', message: 'no answer' } as const;
  const lost = { ...cpuMetric(0), load: { failure } };
  const memory = fresh();
  const question = asked({
    metrics: [lost],
    now: { replicas: 2, sizes: { cpu: 2 } },
    lost: { afterMs: 1000, replicas: 3 },
  });
  const first = decideElastic(question, memory, 0);
  assert.deepEqual([first.by, first.shape.replicas, first.unknown], ['hold', 2, [{ name: 'cpu', why: failure }]]);
  assert.deepEqual(decideElastic(question, memory, 1000).shape.replicas, 3);
  const other = decideElastic(asked({ metrics: [lost, cpuMetric(10)] }), fresh(), 0);
  assert.deepEqual(other.shape, { replicas: 1, sizes: { cpu: 2 } });
  const senseless = decideElastic(asked({ metrics: [cpuMetric(Number.NaN)] }), fresh(), 0);
  assert.deepEqual(
    [senseless.by, senseless.unknown],
    ['hold', [{ name: 'cpu', why: { is: 'senseless', value: 'NaN' } }]],
  );
});

test('to zero when nothing was wanted for a while, and awake at once', () => {
  const memory = fresh();
  const at = (value: number, replicas: number, nowMs: number) => {
    const requests = { ...cpuMetric(0), resource: 'machines', load: { of: 'shared', value } as const };
    const zero = { minimum: 0, maximum: 5, prefer: 'out', sizes: {} } as const;
    return decideElastic(
      asked({ metrics: [requests], now: { replicas, sizes: {} }, ready: replicas, bounds: zero }),
      memory,
      nowMs,
    );
  };
  assert.equal(at(100, 2, 0).shape.replicas, 2);
  assert.equal(at(0, 2, 1000).shape.replicas, 1);
  assert.equal(at(0, 1, 59_000).shape.replicas, 1);
  assert.equal(at(0, 1, 61_000).shape.replicas, 0);
  assert.equal(at(0, 0, 70_000).shape.replicas, 0);
  const awake = at(0.5, 0, 71_000);
  assert.deepEqual([awake.shape.replicas, awake.by], [1, 'wake']);
});

test('schedules set bounds by the time of the week, over midnight and in any time zone', () => {
  const usual = { minimum: 1, maximum: 5 };
  const night = { name: 'night', from: 22 * 60, until: 6 * 60, timeZone: 'UTC', maximum: 2 };
  const work = {
    name: 'work',
    days: [1, 2, 3, 4, 5],
    from: 8 * 60,
    until: 18 * 60,
    timeZone: 'Europe/Berlin',
    minimum: 4,
  };
  const at = (time: string) => boundsAt(usual, [night, work], Date.parse(time));
  assert.deepEqual(at('2026-01-05T07:30:00Z'), { minimum: 4, maximum: 5, schedule: 'work' });
  assert.deepEqual(at('2026-01-04T07:30:00Z'), usual);
  assert.deepEqual(at('2026-01-04T05:59:00Z'), { minimum: 1, maximum: 2, schedule: 'night' });
  assert.deepEqual(at('2026-01-04T06:00:00Z'), usual);
});

test('never outside the bounds, whatever the metrics say', () => {
  const value = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e4, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 30 }),
      fc.constantFrom('out' as const, 'up' as const),
      (values, prefer) => {
        const memory = fresh();
        let now = { replicas: 1, sizes: { cpu: 2 } as Readonly<Record<string, number>> };
        values.forEach((load, index) => {
          const question = asked({
            metrics: [cpuMetric(load)],
            now,
            ready: now.replicas,
            bounds: { ...bounds, prefer },
          });
          now = decideElastic(question, memory, index * 5000).shape;
          assert.ok(now.replicas >= 1 && now.replicas <= 3);
          const { cpu = 0 } = now.sizes;
          assert.ok(Number.isInteger(cpu) && cpu >= 1 && cpu <= 4);
        });
      },
    ),
  );
});

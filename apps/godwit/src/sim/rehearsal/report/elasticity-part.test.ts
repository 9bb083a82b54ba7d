import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupElasticity, ScaleAction } from '../measure/index.ts';
import { elasticityParts } from './elasticity-part.ts';
import { elasticityChinese, elasticityEnglish } from './elasticity-words.ts';
import type { Report } from './report.ts';

const action: ScaleAction = {
  atMs: 60_000,
  to: { machines: 3 },
  why: { is: 'below-minimum', bound: 3 },
  explanation: '',
};

const found = (group: string, unserved: number, actionCount = 0): GroupElasticity => ({
  group,
  scaler: 'ElasticPolicy',
  least: 1,
  mean: 2.25,
  most: 1234,
  under: 0.01,
  over: 0.5,
  timeUnder: 0.1,
  timeOver: 0.9,
  unserved,
  neededCoreHours: 10,
  machineHours: 54,
  coreHours: 54,
  cost: 3.5,
  actionCount,
  actions: Array.from({ length: Math.min(200, actionCount) }, () => action),
  samples: [{ atMs: 0, needed: 1, wanted: 2, serving: 1.5 }],
});

const reportOf = (...runs: { policy: string; elasticity: GroupElasticity[] }[]) =>
  ({ runs, currency: 'EUR' }) as unknown as Report;

test('groups of which more was left undone under any policy come first, otherwise in their order', () => {
  const report = reportOf(
    { policy: 'p', elasticity: [found('a', 0), found('b', 0.01), found('c', 0)] },
    { policy: 'q', elasticity: [found('a', 0), found('b', 0), found('c', 0.2)] },
  );
  assert.deepEqual(
    elasticityParts(report, elasticityEnglish).map(({ group }) => group),
    ['c', 'b', 'a'],
  );
});

test('a row says it in figures, a plot over time, and the latest changes why', () => {
  const report = reportOf({ policy: 'p', elasticity: [found('a', 0.00123, 90)] });
  const [part] = elasticityParts(report, elasticityEnglish);
  assert.deepEqual(part?.table[1], [
    'p',
    'ElasticPolicy',
    '1 – 2.3 – 1 234',
    '0.123 %',
    '1.00 % (10.0 %)',
    '50.0 % (90.0 %)',
    '90',
    '54',
    '3.50 EUR',
  ]);
  assert.deepEqual(
    part.chart.series.map(({ name, values }) => [name, values]),
    [
      ['needed', [1]],
      ['serving', [1.5]],
    ],
  );
  assert.equal(part.changes[0]?.title, 'p: the last 60 of 90 changes');
  assert.equal(part.changes[0].lines[0], '60 s: 3 machines, because there were fewer than minReplicas (3)');
});

test('both languages have a word for everything', () => {
  assert.equal(elasticityChinese.columns.length, elasticityEnglish.columns.length);
  const [part] = elasticityParts(reportOf({ policy: 'p', elasticity: [found('a', 0, 3)] }), elasticityChinese);
  assert.equal(part?.changes[0]?.title, 'p：共 3 次调整');
  assert.equal(part.changes[0].lines[0], '60 秒：3 台机器，原因：数量少于 minReplicas（3）');
});

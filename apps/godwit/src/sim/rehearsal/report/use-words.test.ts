import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderChart } from './line-chart.ts';
import { useChinese, useEnglish } from './use-words.ts';

const why = 'its host can be emptied; a pod ends here, and another is made in its stead';

test('reasons are told in both languages, part by part; one that nobody knows stays as it is', () => {
  assert.equal(useEnglish.reason('pods moved', why, 1200), `1 200 × a pod was moved: ${why}.`);
  assert.equal(useChinese.reason('pods moved', why, 1200), '迁移 Pod 1 200 次：可以腾空所在主机，终止后重新创建。');
  assert.equal(useChinese.reason('hosts woken', 'of something new', 1), '唤醒主机 1 次：of something new。');
});

test('what happened stands in a plot as long as it lasted, and its words stay within', () => {
  const atMs = [0, 1000];
  const series = [{ name: 'a', values: [1, 2], colour: 0 }];
  const bands = [
    { fromMs: 100, untilMs: 500, label: 'a & b' },
    { fromMs: 950, untilMs: 9_000, label: 'late' },
    { fromMs: 2_000, untilMs: 3_000, label: 'never' },
  ];
  const svg = renderChart({ title: 't', atMs, series, bands }, { d: 'd', h: 'h', min: 'min' });
  assert.equal(svg.match(/<rect class="band"/g)?.length, 2);
  assert.match(svg, /a &amp; b/);
  assert.match(svg, /text-anchor="end">late/);
  assert.doesNotMatch(svg, /never|NaN/);
});

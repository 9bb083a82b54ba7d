import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderChart } from './line-chart.ts';
import { useChinese, useEnglish } from './use-words.ts';

test('reasons are told in both languages, and so is what had none', () => {
  const emptied = { kind: 'pods moved', why: { is: 'empties-host' }, count: 1200 } as const;
  assert.equal(useEnglish.reason(emptied), '1 200 × a pod was moved: its host can be emptied.');
  assert.equal(useChinese.reason(emptied), '迁移 Pod 1 200 次：可以腾空所在主机。');
  const byHand = { kind: 'hosts woken', count: 1 } as const;
  assert.equal(useEnglish.reason(byHand), '1 × a host was woken.');
  assert.equal(useChinese.reason(byHand), '唤醒主机 1 次。');
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

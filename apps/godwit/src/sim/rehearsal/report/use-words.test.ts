import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRecord } from '@godwit/planner';
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

test('what was done is told with when and why, also while machines were still being started', () => {
  const record = {
    v: 1,
    do: 'power',
    to: 'off',
    at: 1,
    by: 'balance-controller',
    policy: 'p',
    why: { is: 'empty' },
  } as const;
  const deed = { atMs: -2_999_000, subject: 'node/a', explanation: explainRecord(record), record };
  assert.equal(
    useEnglish.deed(deed),
    '49 min before the beginning: node/a. It was switched off because nothing runs on it, and neither the reserve nor the ' +
      'load that is forecast needs it (policy p).',
  );
  assert.equal(
    useChinese.deed(deed),
    '开始前 49 分钟：node/a 关机，因为没有机器在其上运行，预留和预测负载也不需要它（策略 p）。',
  );
  assert.match(useEnglish.deed({ ...deed, atMs: 90_000 }), /^90 s: node\/a\. /);
  assert.match(useChinese.deed({ ...deed, atMs: 90_000 }), /^90 秒：node\/a /);
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

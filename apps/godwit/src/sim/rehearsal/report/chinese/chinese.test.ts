import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action, Held, Resource, WhyDone, WhyRefused } from '@godwit/planner';
import { doneChinese } from './deeds.ts';
import { spanChinese } from './figures.ts';
import { reasonChinese } from './reasons.ts';
import { waitingChinese } from './refusals.ts';
import { remedyChinese } from './remedies.ts';

test('lengths of time', () => {
  assert.equal(spanChinese(65_000), '65 秒');
  assert.equal(spanChinese(23_400_000), '6 小时 30 分钟');
  assert.equal(spanChinese(180_000_000), '2 天 2 小时');
});

const named = (name: string): Resource => ({ is: 'named', name });
const GIB = 2 ** 30;

test('why a machine has no host, with amounts and what would help', () => {
  const refused: WhyRefused = {
    hosts: 4,
    obstacles: [
      {
        hosts: 3,
        obstacle: { is: 'lacks', resource: named('memory'), needed: 64.2 * GIB, free: 31.5 * GIB, atMost: true },
      },
      { hosts: 2, obstacle: { is: 'hasTaint', taint: '{room: 1}' } },
      { hosts: 1, obstacle: { is: 'lacks', resource: named('cpu'), needed: 2000, free: 1500 } },
    ],
    remedies: [
      [
        [{ is: 'free', resource: named('memory'), amount: 2 * GIB, on: { count: 2, first: ['h1', 'h2'] } }],
        [{ is: 'move', machine: { kind: 'vm', name: 'y', namespace: 'bank' }, to: 'h3' }],
        [
          {
            is: 'ask',
            wishes: [
              { is: 'less', resource: named('memory'), amount: 2 * GIB },
              { is: 'less', resource: named('cpu'), amount: 1000 },
            ],
          },
        ],
      ],
      [[{ is: 'add-larger-host' }]],
    ],
  };
  assert.equal(
    waitingChinese({ is: 'refused', why: refused, room: { is: 'being-made', host: 'h1', machines: ['a/b'] } }),
    '4 台主机均不可用：3 台内存不足（需要 64.2 GiB，最多剩余 31.5 GiB），2 台带有不被容忍的污点 {room: 1}，1 台处理器不足（需要 2 核，剩余 1.5 核）。' +
      '可行的办法：在任意一台主机（共 2 台：h1、h2）上再腾出 2 GiB 内存，或者把命名空间 bank 的 vm/y 移到 h3，或者少申请 2 GiB 内存、少申请 1 核处理器' +
      '；或者增加更大的主机。正在 h1 上腾出空间：优先级较低的机器将离开（a/b）。',
  );
});

test('several steps of one remedy, and machines that are counted', () => {
  const meant = { labels: [{ key: 'app', operator: 'In', values: ['db'] }] } as const;
  const told = remedyChinese([
    [
      {
        is: 'give-labels',
        host: 'h1',
        labels: [
          { key: 'disk', value: 'ssd' },
          { key: 'rack', ownValue: true },
        ],
      },
      {
        is: 'stop',
        machines: { count: 1, first: [{ kind: 'pod', name: 'a' }] },
        counted: [{ count: 7, meant, place: 'z1' }],
        since: 'must-be-far',
      },
    ],
    [{ is: 'not-near', meant: [{ labels: [], namespaces: ['bank'] }] }],
  ]);
  assert.equal(
    told,
    '给 h1 加上标签 disk=ssd、rack（取一个独有的值），并且停止它必须远离的 pod/a、z1 中 app=db 的 7 台机器，或者不要求靠近任意机器（命名空间 bank）',
  );
});

const jobs = { is: 'metric', name: 'jobs' } as const;
const asked = (by: object, more: object = {}) => ({ of: 'machines', by, wanted: 5, ...more });
const found = (type: string, value: number, goal: object, more: object = {}) => ({
  is: 'metric',
  name: type,
  found: { type, value, goal, ...more },
});

/** One or more of each reason, with its words. */
const REASONS: { readonly [Code in WhyDone['is']]: readonly (readonly [told: object, words: string])[] } = {
  overload: [[{}, '所在主机的处理器时间不足']],
  misplaced: [[{}, '它不应留在当前位置']],
  'empties-host': [[{}, '可以腾空所在主机']],
  'evens-out': [[{}, '所在主机的负载高于其他主机']],
  empty: [[{}, '没有机器在其上运行，预留和预测负载也不需要它']],
  reserve: [[{}, '没有它就无法满足预留']],
  load: [[{}, '预测负载需要它']],
  waiting: [[{}, '有机器在等待，而只有它有空间']],
  occupied: [[{}, '有机器已分配给它']],
  'asked-for': [[{}, '迁移计划需要它']],
  minimum: [[{}, '开机主机少于策略要求']],
  released: [[{}, '不再有策略开关它']],
  measured: [[{}, '按实际用量加余量']],
  'less-important': [[{}, '它的优先级较低，而且没有其他空间']],
  demand: [
    [{ parts: [asked({ is: 'metric', name: 'cpu' }, { wanted: 7 })] }, 'cpu 要求 7 台机器'],
    [{ parts: [asked({ is: 'waiting-request' }, { wanted: 1 })] }, '等待中的请求要求 1 台机器'],
    [
      { parts: [asked(found('requests', 441, { is: 'target', target: 100 }, { each: true }))] },
      'requests 为 441/s，目标每台 100/s，要求 5 台机器',
    ],
    [
      {
        parts: [
          asked(found('requests', 4630, { is: 'target', target: 38, foretold: true }, { each: true }), {
            wanted: 184,
            held: { at: 150, since: 'maximum' },
          }),
        ],
      },
      'requests 为 4630/s（预测更多），目标每台 38/s，要求 184 台机器，实得 150 台机器，因为已到上限',
    ],
    [
      {
        parts: [
          asked(found('latency', 0.04, { is: 'target', target: 0.1 }), {
            of: 'cpu',
            wanted: 500,
            held: { at: 1000, since: 'down-stabilized' },
          }),
        ],
      },
      'latency 为 40 ms，目标 100 ms，要求 0.5 核，保持 1 核，因为不久前的要求更多',
    ],
    [
      {
        parts: [
          asked(found('cpu', 85, { is: 'target', target: 60 }), { wanted: 4, others: [{ by: jobs, wanted: 1 }] }),
          asked(jobs, { of: 'memory', wanted: 2 ** 29 }),
        ],
        schedule: 'day',
        unknown: [{ name: 'calls', why: { is: 'no-value' } }],
      },
      'cpu 为 85 %，目标 60 %，要求 4 台机器（jobs 要求 1 台机器）；jobs 要求 512 MiB 内存（计划 day）；未知：calls（没有值）',
    ],
    [
      { parts: [asked(found('queue', 7, { is: 'between', lower: 2, upper: 5 }), { wanted: 3 })] },
      'queue 为 7，应在 2 与 5 之间，要求 3 台机器',
    ],
    [
      { parts: [asked(found('queue', 7, { is: 'line', lower: 2, base: 1, upper: 9, top: 8 }))] },
      'queue 为 7，介于 2（1）与 9（8）之间，要求 5 台机器',
    ],
  ],
  'blind-for-long': [
    [{ unknown: [{ name: 'cpu', why: { is: 'no-sample' } }] }, '太久没有任何指标；未知：cpu（服务中的机器都没有采样）'],
  ],
  blind: [
    [
      { unknown: [{ name: 'cpu', why: { is: 'senseless', value: '-1' } }] },
      '没有任何指标，因此保持不变；未知：cpu（值 -1 不合理）',
    ],
  ],
  'above-maximum': [[{ bound: 8 }, '数量超过 maxReplicas（8）']],
  'below-minimum': [[{ bound: 4 }, '数量少于 minReplicas（4）']],
};

const HELD: Readonly<Record<Held, string>> = {
  'up-rate': '实得 3 台机器，因为增长速度受限',
  'down-rate': '保持 9 台机器，因为缩减速度受限',
  maximum: '实得 3 台机器，因为已到上限',
  minimum: '保持 9 台机器，因为已到下限',
  'up-stabilized': '实得 3 台机器，因为不久前的要求更少',
  'down-stabilized': '保持 9 台机器，因为不久前的要求更多',
  idle: '保持 9 台机器，直到足够久没有要求为止',
};

/** What people and programs call things stands in Chinese text as it is; anything else is English left over. */
const NAMES = /\b(cpu|jobs|requests|latency|queue|calls|day|maxReplicas|minReplicas|ms|s|MiB)\b/g;

test('every reason is told in Chinese, and nothing of it in English', () => {
  for (const [is, all] of Object.entries(REASONS)) {
    for (const [told, words] of all) {
      const said = reasonChinese({ is, ...told } as WhyDone);
      assert.equal(said, words);
      assert.doesNotMatch(said.replaceAll(NAMES, ''), /[a-z]/i);
    }
  }
  for (const [since, words] of Object.entries(HELD)) {
    const held = { at: words.startsWith('实得') ? 3 : 9, since };
    const said = reasonChinese({ is: 'demand', parts: [asked(jobs, { held })] } as WhyDone);
    assert.equal(said, `jobs 要求 5 台机器，${words}`);
  }
});

test('what was done is told in Chinese, with what else could have been', () => {
  const context = { v: 1, at: 1, by: 'somebody', policy: 'p' } as const;
  const told = (action: Action) => doneChinese({ ...context, ...action });
  assert.equal(told({ do: 'move', to: 'b' }), '迁移到 b（策略 p）。');
  assert.equal(told({ do: 'move', to: 'b', anew: true }), '终止，并在 b 上重新创建（策略 p）。');
  assert.equal(told({ do: 'power', to: 'on' }), '开机（策略 p）。');
  assert.equal(told({ do: 'power', to: 'off' }), '关机（策略 p）。');
  assert.equal(told({ do: 'scale', to: { machines: 1, cpu: 2000 } }), '扩缩为 1 台机器，处理器 2（策略 p）。');
  assert.equal(
    told({ do: 'resize', to: { cpu: 500, memory: 2 ** 30 } }),
    '规格调整为处理器 500m，内存 1Gi（策略 p）。',
  );
  assert.equal(
    doneChinese({
      ...context,
      do: 'preempt',
      to: 'shop/a',
      why: { is: 'less-important' },
      score: 0.5,
      next: [['c', 0.25]],
      no: [['b', { is: 'more-would-leave', machines: 2 }]],
    }),
    '让位给 shop/a，因为它的优先级较低，而且没有其他空间（策略 p，50 分（满分 100））。其次是 c（25 分（满分 100））。未选 b：那里需要有 2 台机器让位。',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource, WhyRefused } from '@godwit/planner';
import { spanChinese } from './figures.ts';
import { reasonChinese } from './reasons.ts';
import { waitingChinese } from './refusals.ts';
import { remedyChinese } from './remedies.ts';
import { scaledToChinese, scalingChinese } from './scaling.ts';

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

test('what nobody knows the words for stays as it is', () => {
  assert.equal(reasonChinese('its host can be emptied; of something new'), '可以腾空所在主机，of something new');
});

test('what autoscalers do, and why', () => {
  assert.equal(scaledToChinese('1 machine, cpu 2'), '1 台机器，处理器 2');
  assert.equal(scalingChinese('cpu asks for 7'), 'cpu 要求 7 台机器');
  assert.equal(scalingChinese('cpu asks for 7; the number may not grow any faster'), 'cpu 要求 7 台机器：增长速度受限');
  assert.equal(scalingChinese('there were fewer than minReplicas (4)'), '数量少于 minReplicas（4）');
  const tell = (why: string, told: string) => assert.equal(scalingChinese(why), told);
  tell(
    'requests of 441/s against a goal of 100/s each ask for 5 machines',
    'requests 为 441/s，目标每台 100/s，要求 5 台机器',
  );
  tell(
    'requests of 4630/s, and more that is foretold, against a goal of 38/s each ask for 184 machines; it gets 150 machines, since no more is allowed',
    'requests 为 4630/s（预测更多），目标每台 38/s，要求 184 台机器，实得 150 台机器，因为已到上限',
  );
  tell(
    'latency of 40 ms against a goal of 100 ms asks for 0.5 cores; it keeps 1 core for now, since more was asked for a short while ago',
    'latency 为 40 ms，目标 100 ms，要求 0.5 核，保持 1 核，因为不久前的要求更多',
  );
  tell(
    'cpu at 85 % against a goal of 60 % asks for 4 machines (jobs for 1 machine) (schedule day)',
    'cpu 为 85 %，目标 60 %，要求 4 台机器（jobs 要求 1 台机器）（计划 day）',
  );
  tell('queue of 7, to be between 2 and 5, asks for 3 machines', 'queue 为 7，应在 2 与 5 之间，要求 3 台机器');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanChinese } from './figures.ts';
import { reasonChinese } from './reasons.ts';
import { refusalChinese } from './refusals.ts';
import { scaledToChinese, scalingChinese } from './scaling.ts';

test('lengths of time', () => {
  assert.equal(spanChinese(65_000), '65 秒');
  assert.equal(spanChinese(23_400_000), '6 小时 30 分钟');
  assert.equal(spanChinese(180_000_000), '2 天 2 小时');
});

test('why a machine has no host, with amounts and what would help', () => {
  const text =
    '0/4 nodes are available: 1 node(s) were not ready, 2 node(s) had untolerated taint {room: 1}, ' +
    '3 Insufficient memory (needs 64.2 GiB, has at most 31.5 GiB free), 1 Insufficient cpu (needs 2 cores, has 1.5 cores free). ' +
    'It would fit if you free 2 GiB more memory on any of 2 hosts (h1, h2), or move vm/y to h3, or ask for 2 GiB less memory; or if you add a larger host.';
  assert.equal(
    refusalChinese(text),
    '4 台主机均不可用：1 台未就绪，2 台带有不被容忍的污点 {room: 1}，3 台内存不足（需要 64.2 GiB，最多剩余 31.5 GiB），1 台处理器不足（需要 2 核，剩余 1.5 核）。' +
      '可行的办法：在任意一台主机（共 2 台：h1、h2）上再腾出 2 GiB 内存，或者把 vm/y 移到 h3，或者少申请 2 GiB 内存；或者增加更大的主机。',
  );
});

/** What the planner says of hosts, one of each. */
const OBSTACLES = [
  'node(s) were not ready',
  'node(s) were asleep',
  'node(s) were unschedulable',
  'Insufficient cpu (needs 2 cores, has 1 core free)',
  'Too many pods (needs 1, has 0 free)',
  'Insufficient nvidia.com/gpu',
  'Insufficient whole GPUs',
  'Insufficient whole cores of one NUMA node',
  'Insufficient nvidia.com/gpu of one GPU',
  'node(s) were those of other tenants',
  'node(s) where host port 80/TCP is taken',
  "node(s) didn't match Pod's node affinity/selector",
  'node(s) had another architecture than arm64',
  'node(s) had untolerated taint {a: }',
  'node(s) had volume node affinity conflict',
  "node(s) didn't match pod affinity rules",
  "node(s) didn't match pod anti-affinity rules",
  "node(s) didn't satisfy existing pods anti-affinity rules",
  "node(s) didn't match pod topology spread constraints",
  "node(s) didn't match pod topology spread constraints (missing required label rack, zone)",
];

const REMEDIES = [
  'take 2 machines off h1',
  'free 2 cores more cpu on any of 5 hosts (h1, h2, h3, …)',
  'bring h1 back',
  'wake h1',
  'uncordon h1',
  'remove the taints {a: b} and {c: } from h1, or tolerate {a: b} and {c: }',
  'give h1 the labels disk=ssd and gen=3 and take the label old from h1, or ask for other hosts',
  'add a host with arm64 processors',
  'add a host with nvidia.com/gpu',
  'add a host with the label tenant=bank',
  'stop pod/a and vm/b of namespace bank, or take another host port than 80/TCP',
  'use another volume than that of claim data, or add a host with zone=z1 (where the volume of claim data is)',
  'move vm/y of namespace bank to h2, or ask for 2 GiB less memory and 1 core less cpu',
  'move 4 machines (pod/a, pod/b, pod/c, …) off h1',
  'add a host with no tenant of its own',
  'start a machine with app=db on h1 or elsewhere in r1, or do not ask to be near app=db',
  'do not ask to be near app=db, which it must be far from as well',
  'stop pod/a, which it must be far from, or do not ask to be far from pod/a',
  'stop pod/a and pod/b, which keep it away',
  'stop pod/a and 7 machines with app=db in z1, which it must be far from, or do not ask to be far from app=db',
  'stop 3 machines in z1, which keep it away',
  'give h1 the label rack with a value of its own',
  'stop 1 machine with app=db in r1, or allow a maxSkew of 2 over rack',
  'take the affinity from one of them: it and pod/b wait for each other, since each must be near another first',
  'wake h1 and free 1 core more cpu on h1',
];

/** English words that are no names. */
const ENGLISH = /\b(the|that|of|on|or|and|is|it|to|more|less|host|hosts|machine|node)\b/;

test('every obstacle and every remedy has Chinese words', () => {
  for (const obstacle of OBSTACLES) {
    const told = refusalChinese(`0/1 nodes are available: 1 ${obstacle}.`);
    assert.match(told, /^1 台主机均不可用：1 台/, obstacle);
    assert.doesNotMatch(told, ENGLISH, obstacle);
  }
  for (const remedy of REMEDIES) {
    const told = refusalChinese(`0/1 nodes are available: 1 node(s) were asleep. It would fit if you ${remedy}.`);
    assert.match(told, /可行的办法：/, remedy);
    assert.doesNotMatch(told, ENGLISH, remedy);
  }
});

test('what nobody knows the words for stays as it is', () => {
  const text = '0/1 nodes are available: 1 node(s) were asleep, 1 node(s) were purple. It would fit if you sing.';
  assert.equal(refusalChinese(text), '1 台主机均不可用：1 台处于休眠，1 node(s) were purple。可行的办法：sing。');
  assert.equal(refusalChinese('something else'), 'something else');
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

import { obstaclesInEnglish } from '@godwit/planner';
import type { Fewest, Growth, Lost, More } from '../ask/index.ts';
import type { Loss, ReserveCheck, TakenOver } from '../measure/index.ts';
import { asItIs, type TraceFlaws } from '../plan/index.ts';
import type { Refused, Run } from '../run/index.ts';
import { obstaclesChinese, spanChinese, waitingChinese } from './chinese/index.ts';
import { type ElasticityWords, elasticityChinese, elasticityEnglish } from './elasticity-words.ts';
import { eventChinese, eventEnglish } from './event-words.ts';
import { many, money, percent, span, whole } from './figures.ts';
import type { TimeUnits } from './line-chart.ts';
import type { Criterion, Report, ReportEvent } from './report.ts';
import type { Unheard } from './unheard.ts';
import { type UseWords, useChinese, useEnglish } from './use-words.ts';

/** Everything that a report says, in one language. */
export interface Words {
  readonly title: (scenario: string) => string;
  /** What is said on the terminal in the end. */
  readonly done: (tookMs: number) => string;
  readonly written: (path: string) => string;
  /** What a policy is called: those that have names of their own keep them. */
  readonly policy: (name: string) => string;
  /** A line of a plot, where there is one of each policy. */
  readonly of: (policy: string, what: string) => string;
  /** Of time, along plots. */
  readonly units: TimeUnits;
  readonly span: (ms: number) => string;
  readonly summary: (report: Report) => string;
  readonly sections: {
    readonly answers: string;
    readonly policies: string;
    readonly figures: string;
    readonly losses: string;
    readonly refused: string;
    readonly small: string;
  };
  /** How a cloud that was there already was taken over. */
  readonly taken: (taken: TakenOver) => string;
  /** What of it was not. */
  readonly leftOut: (unheard: readonly Unheard[]) => string;
  readonly more: (answer: More) => string;
  /** Groups of which that is not told, the largest first. */
  readonly unasked: (groups: readonly string[]) => string;
  readonly lost: (answer: Lost) => string;
  readonly growth: (answer: Growth) => string;
  readonly fewest: (answer: Fewest) => string;
  readonly reserve: (run: Run, hosts: number) => string;
  readonly best: (policy: string, by: Criterion) => string;
  readonly loss: (loss: Loss) => string;
  readonly refusal: (refused: Refused) => string;
  readonly columns: readonly string[];
  readonly row: (run: Run, currency: string) => readonly string[];
  readonly charts: {
    readonly cpu: string;
    readonly memory: string;
    readonly machines: string;
    readonly hosts: string;
    readonly watts: string;
  };
  readonly series: {
    readonly capacity: string;
    readonly promised: string;
    readonly used: string;
    readonly wanted: string;
    readonly running: string;
    readonly on: string;
    /** A line that is the same under all policies. */
    readonly same: string;
  };
  readonly use: UseWords;
  readonly elasticity: ElasticityWords;
  readonly event: (event: ReportEvent['event']) => string;
  readonly quiet: (run: Run) => string;
  readonly flaw: (flaw: TraceFlaws) => string;
  readonly overCap: (run: Run) => string | undefined;
}

/** Enough of it to tell runs apart; all of it stands in the data. */
const SHORT_HASH = 8;

const rowOf = (run: Run, currency: string): readonly string[] => [
  run.policy,
  percent(run.availability, 3),
  percent(run.squeezed, 2),
  percent(run.undone, 2),
  whole(run.moves),
  whole(run.carried.machines + run.deeds.counts['pods moved']),
  whole(run.deeds.counts['hosts woken'] + run.deeds.counts['hosts put to sleep']),
  `${whole(run.energy)} kWh`,
  `${whole(run.emptyEnergy)} kWh`,
  // Where nobody said how much comes with a kilowatt-hour, nothing is known of it.
  run.carbon > 0 ? `${whole(run.carbon)} kg` : '–',
  money(run.cost, currency),
  run.hash.slice(0, SHORT_HASH),
];

/** Names enough to know what is meant; all of them stand in the data. */
const MOST_NAMES = 5;
const listed = (names: readonly string[], between: string, rest: string): string =>
  names.slice(0, MOST_NAMES).join(between) + (names.length > MOST_NAMES ? rest : '');

/** Which losses the sentence on the reserve rests on. */
function triedEnglish({ tried, of, together }: ReserveCheck): string {
  if (tried === 0) return '';
  if (together) return ` Tried was the loss of the ${whole(tried)} heaviest of ${many(of, 'host')} at once.`;
  if (tried === of) return ' Tried was the loss of every single host.';
  const which = tried === 1 ? 'the heaviest' : `each of the ${whole(tried)} heaviest`;
  return ` Tried was the loss of ${which} of ${many(of, 'host')}, not of the others.`;
}

function triedChinese({ tried, of, together }: ReserveCheck): string {
  if (tried === 0) return '';
  if (together) return `检验方式：同时失去 ${whole(of)} 台主机中负担最重的 ${whole(tried)} 台。`;
  if (tried === of) return '检验方式：逐一失去每台主机。';
  return `检验方式：逐一失去 ${whole(of)} 台主机中负担最重的 ${whole(tried)} 台，其余未检验。`;
}

export const english: Words = {
  policy: (name) => name,
  of: (policy, what) => `${policy}: ${what}`,
  units: { d: 'd', h: 'h', min: 'min' },
  span,
  title: (name) => `Rehearsal: ${name}`,
  done: (ms) => `rehearsed in ${span(ms)}`,
  written: (path) => `report: ${path}`,
  summary: ({ hosts, machines, durationMs, seed }) =>
    `${many(hosts, 'host')}, ${many(machines, 'machine')} at the beginning, ${span(durationMs)} of simulated time, seed ${seed}.`,
  sections: {
    answers: 'Answers, as things stand at the end',
    policies: 'Policies',
    figures: 'Over time',
    losses: 'What was lost, and how long it took to come back',
    refused: 'Machines without a host, and why',
    small: 'How this was found out',
  },
  taken: ({ inPlace, waiting, elsewhere }) => {
    const begin = `It begins as the cloud is: ${many(inPlace, 'machine')} on the hosts where they are`;
    const wait = waiting > 0 ? `, ${many(waiting, 'that waits', 'that wait')}` : '';
    const [first] = elsewhere;
    const wrong = first
      ? ` ${many(elsewhere.length, 'is not where it was', 'are not where they were')}, first ${first.machine}.`
      : '';
    return `${begin}${wait}.${wrong}`;
  },
  leftOut: (unheard) => {
    const begin = 'Services and addresses are left out, and so are requests.';
    if (unheard.length === 0) return begin;
    const scalers = unheard.map(({ scaler, metrics }) => `${scaler} (${metrics.join(', ')})`);
    const those = listed(scalers, ', ', ` and ${whole(scalers.length - MOST_NAMES)} more`);
    return `${begin} Nothing is known here of metrics of ${those}: by these nothing is scaled, and nobody wakes what sleeps.`;
  },
  more: ({ group, machines, now, why }) => {
    const awake = now < machines ? `, ${whole(now)} of them on hosts that are on` : '';
    return why === undefined
      ? `More than ${whole(machines)} more of ${group} fit${awake}.`
      : `${whole(machines)} more of ${group} ${machines === 1 ? 'fits' : 'fit'}${awake}. Then: ${obstaclesInEnglish(why)}`;
  },
  unasked: (groups) =>
    `How many more fit of ${many(groups.length, 'smaller group')} was not asked (${listed(groups, ', ', ' …')}): --fit NAME asks for one of them.`,
  lost: ({ kind, name, hosts, machines, homeless, waiting }) => {
    const place = name.startsWith(kind) ? name : `${kind} ${name}`;
    const what = `Losing ${place} (${many(hosts, 'host')}, ${many(machines, 'machine')}):`;
    const woken = waiting > 0 ? `, ${whole(waiting)} of them once hosts are woken` : '';
    return homeless === 0
      ? `${what} every machine finds another host${woken}.`
      : `${what} ${many(homeless, 'machine')} without another host${waiting > 0 ? `; ${many(waiting, 'more waits', 'more wait')} for hosts to be woken` : ''}.`;
  },
  growth: ({ percentPerWeek, weeks, group }) =>
    percentPerWeek <= 0
      ? 'Nothing grows.'
      : weeks === undefined
        ? `Growing by ${percentPerWeek} % a week, it is not full within ten years.`
        : `Growing by ${percentPerWeek} % a week, it is full in ${many(weeks, 'week')}${group === undefined ? '' : `: ${group} is refused first`}.`,
  fewest: ({ hosts, of, reserve, least }) =>
    hosts > of
      ? `With ${whole(reserve)} kept free, what runs needs ${many(hosts, 'host like this', 'hosts like these')}; there ${of === 1 ? 'is' : 'are'} ${whole(of)}.`
      : `${whole(hosts)} of ${many(of, 'host')} would do for what runs, ${whole(reserve)} of them kept free; fewer than ${whole(least)} cannot.`,
  reserve: (run, hosts) => useEnglish.reserve(run, hosts) + triedEnglish(run.reserveCheck),
  best: (policy, by) =>
    by === 'nothing'
      ? 'The policies are as good as each other here.'
      : `${policy} is better for you: ${criteriaEnglish[by]}.`,
  loss: ({ what, atMs, hosts, machines, medianMs, longestMs, missing }) => {
    const begin = `${what}, lost after ${span(atMs)}: ${many(hosts, 'host')}, ${many(machines, 'machine')}.`;
    const end = missing > 0 ? ` ${whole(missing)} did not come back.` : '';
    if (longestMs === undefined) return begin + end;
    const [half, last] = [span(medianMs ?? longestMs), span(longestMs)];
    return `${begin} ${half === last ? `${machines === 1 ? 'It' : 'They'} ran again after ${last}.` : `Half ran again after ${half}, the last after ${last}.`}${end}`;
  },
  refusal: ({ message, machines }) => `${whole(machines)} at most: ${message}`,
  columns: [
    'Policy',
    'Availability',
    'Short of CPU',
    'CPU not had',
    'Restarts',
    'Moves',
    'Switched',
    'Energy',
    'of that idle',
    'CO₂',
    'Cost',
    'Run',
  ],
  row: rowOf,
  charts: {
    cpu: 'Processors (cores)',
    memory: 'Memory (GiB)',
    machines: 'Machines',
    hosts: 'Hosts that are on',
    watts: 'Power (W)',
  },
  series: {
    capacity: 'capacity',
    promised: 'promised',
    used: 'used',
    wanted: 'wanted',
    running: 'running',
    on: 'on',
    same: 'all policies',
  },
  use: useEnglish,
  elasticity: elasticityEnglish,
  event: eventEnglish,
  flaw: ({ name, lines, holes, negative }) =>
    `Trace ${name}: of ${many(lines, 'line')}` +
    (holes > 0 ? `, ${many(holes, 'without a number was', 'without a number were')} bridged by a straight line` : '') +
    (negative > 0 ? `, ${whole(negative)} below nothing counted as nothing` : '') +
    '.',
  quiet: ({ writes, quiet }) =>
    `Operations, controllers and the state machines of agents are those of a live cloud: ${many(writes, 'write')}. ` +
    `What nobody could read a difference in was not written: ${many(quiet.heartbeats, 'heartbeat')}, ${many(quiet.samples, 'sample')} of load, ${many(quiet.events, 'event')} and figures in statuses. ` +
    'Not rehearsed: what runs inside guests, disks and their contents, and the network between machines.',
  overCap: ({ overCapMs }) =>
    overCapMs.length === 0
      ? undefined
      : `The power cap was exceeded at ${many(overCapMs.length, 'moment')}, first after ${span(overCapMs[0] ?? 0)}.`,
};

const criteriaEnglish: Readonly<Record<Criterion, string>> = {
  unserved: 'more of the demand is served',
  work: 'more of what is wanted is done, as more machines run and fewer lack processors',
  reserve: 'the reserve is held for longer',
  cost: 'it costs less',
  coreHours: 'it does with fewer machines',
  empty: 'it leaves more hosts empty, which can be switched off',
  moves: 'it moves fewer machines',
  nothing: '',
};

export const chinese: Words = {
  policy: (name) => (name === asItIs ? '现状' : name),
  of: (policy, what) => `${policy}：${what}`,
  units: { d: '天', h: '小时', min: '分钟' },
  span: spanChinese,
  title: (name) => `演练报告：${name}`,
  done: (ms) => `演练用时 ${spanChinese(ms)}`,
  written: (path) => `报告：${path}`,
  summary: ({ hosts, machines, durationMs, seed }) =>
    `${whole(hosts)} 台主机，初始 ${whole(machines)} 台机器，模拟时长 ${spanChinese(durationMs)}，随机种子 ${seed}。`,
  sections: {
    answers: '结论（以演练结束时的状态为准）',
    policies: '策略对比',
    figures: '随时间的变化',
    losses: '丢失了什么，多久恢复',
    refused: '没有主机可用的机器及原因',
    small: '本报告如何得出',
  },
  taken: ({ inPlace, waiting, elsewhere }) => {
    const wait = waiting > 0 ? `，${whole(waiting)} 台在等待主机` : '';
    const [first] = elsewhere;
    const wrong = first ? `有 ${whole(elsewhere.length)} 台不在原处，首先是 ${first.machine}。` : '';
    return `从云的现状开始：${whole(inPlace)} 台机器在各自所在的主机上${wait}。${wrong}`;
  },
  leftOut: (unheard) => {
    const begin = '未接管服务和地址，因此也没有请求。';
    if (unheard.length === 0) return begin;
    const scalers = unheard.map(({ scaler, metrics }) => `${scaler}（${metrics.join('、')}）`);
    const those = listed(scalers, '、', ` 等 ${whole(scalers.length)} 个`);
    return `${begin}${those}所依据的部分指标在此无从得知：不会据此扩缩，也不会有请求唤醒休眠的机器。`;
  },
  more: ({ group, machines, now, why }) => {
    const awake = now < machines ? `（其中 ${whole(now)} 台无需唤醒主机）` : '';
    return why === undefined
      ? `还能再放下超过 ${whole(machines)} 台 ${group}${awake}。`
      : `还能再放下 ${whole(machines)} 台 ${group}${awake}。之后：${obstaclesChinese(why)}`;
  },
  unasked: (groups) =>
    `另有 ${whole(groups.length)} 个较小的组未作此计算（${listed(groups, '、', '……')}）；用 --fit 组名 可以查询其中一个。`,
  lost: ({ kind, name, hosts, machines, homeless, waiting }) => {
    const what = `失去${kindsChinese[kind]} ${name}（${whole(hosts)} 台主机，${whole(machines)} 台机器）：`;
    const woken = waiting > 0 ? `，其中 ${whole(waiting)} 台要等休眠的主机被唤醒` : '';
    return homeless === 0
      ? `${what}所有机器都能在别处运行${woken}。`
      : `${what}有 ${whole(homeless)} 台机器找不到其他主机${waiting > 0 ? `，另有 ${whole(waiting)} 台要等休眠的主机被唤醒` : ''}。`;
  },
  growth: ({ percentPerWeek, weeks, group }) =>
    percentPerWeek <= 0
      ? '没有增长。'
      : weeks === undefined
        ? `按每周增长 ${percentPerWeek} % 计算，十年内不会用尽。`
        : `按每周增长 ${percentPerWeek} % 计算，${weeks} 周后用尽${group === undefined ? '' : `，最先被拒绝的是 ${group}`}。`,
  fewest: ({ hosts, of, reserve, least }) =>
    hosts > of
      ? `若预留 ${whole(reserve)} 台，现有负载需要 ${whole(hosts)} 台这样的主机，而现在只有 ${whole(of)} 台。`
      : `现有负载只需 ${whole(of)} 台主机中的 ${whole(hosts)} 台（其中预留 ${whole(reserve)} 台）；少于 ${whole(least)} 台则不可能。`,
  reserve: (run, hosts) => useChinese.reserve(run, hosts) + triedChinese(run.reserveCheck),
  best: (policy, by) =>
    by === 'nothing' ? '在此场景下各策略不分高下。' : `${policy} 更适合您：${criteriaChinese[by]}。`,
  loss: ({ what, atMs, hosts, machines, medianMs, longestMs, missing }) => {
    const begin = `${what}，于 ${spanChinese(atMs)}后丢失：${whole(hosts)} 台主机，${whole(machines)} 台机器。`;
    const end = missing > 0 ? `有 ${whole(missing)} 台没有恢复。` : '';
    if (longestMs === undefined) return begin + end;
    const [half, last] = [spanChinese(medianMs ?? longestMs), spanChinese(longestMs)];
    return `${begin}${half === last ? `机器在 ${last}后恢复。` : `一半机器在 ${half}后恢复，最后一台在 ${last}后恢复。`}${end}`;
  },
  refusal: ({ message, why, machines }) => `最多同时 ${whole(machines)} 台：${why ? waitingChinese(why) : message}`,
  columns: [
    '策略',
    '可用性',
    '处理器不足',
    '未得到的算力',
    '异地重启',
    '迁移',
    '开关机',
    '能耗',
    '其中空闲',
    '二氧化碳',
    '费用',
    '运行标识',
  ],
  row: rowOf,
  charts: { cpu: '处理器（核）', memory: '内存（GiB）', machines: '机器', hosts: '开机的主机', watts: '功率（W）' },
  series: {
    capacity: '容量',
    promised: '已承诺',
    used: '已使用',
    wanted: '期望',
    running: '运行中',
    on: '开机',
    same: '所有策略',
  },
  use: useChinese,
  elasticity: elasticityChinese,
  event: eventChinese,
  flaw: ({ name, lines, holes, negative }) =>
    `轨迹文件 ${name}：共 ${whole(lines)} 行` +
    (holes > 0 ? `，其中 ${whole(holes)} 行没有数字，以直线连接` : '') +
    (negative > 0 ? `，${whole(negative)} 行小于零，按零计` : '') +
    '。',
  quiet: ({ writes, quiet }) =>
    `API 操作、控制器和主机代理的状态机与真实云完全相同：共写入 ${whole(writes)} 次。` +
    `没有任何部分能读出差别的内容不写入：${whole(quiet.heartbeats)} 次心跳、${whole(quiet.samples)} 次负载采样、${whole(quiet.events)} 个事件和状态中的测量值。` +
    '未演练：客户机内部、磁盘及其内容、机器之间的网络。',
  overCap: ({ overCapMs }) =>
    overCapMs.length === 0
      ? undefined
      : `有 ${whole(overCapMs.length)} 个时刻超过功率上限，首次出现在 ${spanChinese(overCapMs[0] ?? 0)}之后。`,
};

const kindsChinese: Readonly<Record<Lost['kind'], string>> = { host: '主机', rack: '机架', zone: '可用区' };

const criteriaChinese: Readonly<Record<Criterion, string>> = {
  unserved: '满足了更多的需求',
  work: '完成了更多的工作：运行的机器更多，缺少处理器的更少',
  reserve: '预留保持得更久',
  cost: '费用更低',
  coreHours: '所需的机器更少',
  empty: '空出更多可以关闭的主机',
  moves: '迁移更少',
  nothing: '',
};

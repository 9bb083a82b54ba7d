import { metricValueText } from '@godwit/kinds';
import {
  type AskedPart,
  type Asker,
  type FoundValue,
  type Goal,
  type Held,
  inWords,
  readableAmount,
  type UnknownMetric,
  type WhyDone,
  type WhyUnknown,
  type WordsOf,
} from '@godwit/planner';
import { coresChinese } from './figures.ts';

/** Why something was done. */
export const reasonChinese = (why: WhyDone): string => inWords(why, REASONS);

const REASONS: WordsOf<WhyDone> = {
  overload: () => '所在主机的处理器时间不足',
  misplaced: () => '它不应留在当前位置',
  'empties-host': () => '可以腾空所在主机',
  'evens-out': () => '所在主机的负载高于其他主机',
  empty: () => '没有机器在其上运行，预留和预测负载也不需要它',
  reserve: () => '没有它就无法满足预留',
  load: () => '预测负载需要它',
  waiting: () => '有机器在等待，而只有它有空间',
  occupied: () => '有机器已分配给它',
  'asked-for': () => '迁移计划需要它',
  minimum: () => '开机主机少于策略要求',
  released: () => '不再有策略开关它',
  measured: () => '按实际用量加余量',
  'less-important': () => '它的优先级较低，而且没有其他空间',
  demand: ({ parts, schedule, unknown }) =>
    `${parts.map(partChinese).join('；')}${schedule === undefined ? '' : `（计划 ${schedule}）`}${notKnown(unknown)}`,
  'blind-for-long': ({ unknown }) => `太久没有任何指标${notKnown(unknown)}`,
  blind: ({ unknown }) => `没有任何指标，因此保持不变${notKnown(unknown)}`,
  'above-maximum': ({ bound }) => `数量超过 maxReplicas（${bound}）`,
  'below-minimum': ({ bound }) => `数量少于 minReplicas（${bound}）`,
};

function notKnown(unknown: readonly UnknownMetric[] = []): string {
  const told = unknown.map(({ name, why }) => `${name}（${inWords(why, UNKNOWN)}）`);
  return told.length === 0 ? '' : `；未知：${told.join('、')}`;
}

const UNKNOWN: WordsOf<WhyUnknown> = {
  'no-value': () => '没有值',
  'no-sample': () => '服务中的机器都没有采样',
  senseless: ({ value }) => `值 ${value} 不合理`,
  // As whoever was asked said it.
  failed: ({ message }) => message,
};

/** `requests 为 441/s，目标每台 100/s，要求 5 台机器，实得 4 台机器，因为已到上限`. */
function partChinese({ of, by, wanted, others = [], held }: AskedPart): string {
  const amount = (value: number) => AMOUNTS[of](value);
  const found = by.is === 'metric' ? by.found : undefined;
  const beside = others.map((other) => `${nameOf(other.by)}要求 ${amount(other.wanted)}`).join('，');
  return [
    ...(found ? [`${nameOf(by)}${foundChinese(found)}`] : []),
    `${found ? '' : nameOf(by)}要求 ${amount(wanted)}${beside === '' ? '' : `（${beside}）`}`,
    ...(held ? [`${held.at < wanted ? '实得' : '保持'} ${amount(held.at)}${HELD[held.since]}`] : []),
  ].join('，');
}

/** With a space behind it where it is not Chinese. */
const nameOf = (by: Asker): string => (by.is === 'metric' ? `${by.name} ` : '等待中的请求');

const AMOUNTS: Readonly<Record<AskedPart['of'], (amount: number) => string>> = {
  machines: (amount) => `${amount} 台机器`,
  cpu: (amount) => readableAmount('cpu', amount, coresChinese),
  memory: (amount) => `${readableAmount('memory', amount)} 内存`,
};

/** A value beside its goal. */
function foundChinese({ type, value, goal, each }: FoundValue): string {
  const text = (amount: number) => metricValueText(type, amount);
  const every = each ? '每台' : '';
  const goals: WordsOf<Goal> = {
    target: ({ target, foretold }) => `${foretold ? '（预测更多）' : ''}，目标${every} ${text(target)}`,
    between: ({ lower, upper }) => `，应${every}在 ${text(lower)} 与 ${text(upper)} 之间`,
    line: ({ lower, base, upper, top }) => `，介于 ${text(lower)}（${base}）与 ${text(upper)}（${top}）之间`,
  };
  return `为 ${text(value)}${inWords(goal, goals)}`;
}

const HELD: Readonly<Record<Held, string>> = {
  'up-rate': '，因为增长速度受限',
  'down-rate': '，因为缩减速度受限',
  maximum: '，因为已到上限',
  minimum: '，因为已到下限',
  'up-stabilized': '，因为不久前的要求更少',
  'down-stabilized': '，因为不久前的要求更多',
  idle: '，直到足够久没有要求为止',
};

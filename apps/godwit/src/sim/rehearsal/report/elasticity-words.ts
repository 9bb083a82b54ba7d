import { scaledInEnglish, whyInEnglish } from '@godwit/planner';
import type { GroupElasticity, ScaleAction } from '../measure/index.ts';
import { reasonChinese, scaledChinese, spanChinese } from './chinese/index.ts';
import { many, money, percent, span, whole } from './figures.ts';

/** What a report says of machines that follow a demand, in one language. */
export interface ElasticityWords {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly scalers: Readonly<Record<GroupElasticity['scaler'], string>>;
  /** A line of a plot, where there is one of each policy. */
  readonly of: (policy: string, what: string) => string;
  readonly series: { readonly needed: string; readonly serving: string };
  /** What the columns mean. */
  readonly note: string;
  readonly chart: (group: string) => string;
  /** Groups that are not shown at once. */
  readonly others: (count: number) => string;
  /** Over the latest of so many changes. */
  readonly changes: (policy: string, shown: number, all: number) => string;
  readonly action: (action: ScaleAction) => string;
}

export const elasticityEnglish: ElasticityWords = {
  heading: 'Following the demand',
  columns: [
    'Policy',
    'Scaled by',
    'Machines',
    'Not served',
    'Too few (of the time)',
    'Too many (of the time)',
    'Changes',
    'Machine-hours',
    'Cost',
  ],
  scalers: {
    ElasticPolicy: 'ElasticPolicy',
    HorizontalPodAutoscaler: 'HPA',
    none: 'nobody',
  },
  of: (policy, what) => `${policy}: ${what}`,
  series: { needed: 'needed', serving: 'serving' },
  note:
    'Machines are the least, the mean and the most that were asked for. Needed is the number of machines that could ' +
    'carry the demand with all of them busy. Not served is the share of ' +
    'the demand that nobody could carry. Too few and too many are machines that were missing, and those beyond what ' +
    'was needed, as a mean share of what was needed (θ_U and θ_O). Cost is what they had of the cost of hosts and ' +
    'energy, by the processors that they asked for.',
  chart: (group) => `${group}: machines`,
  others: (count) => `${many(count, 'more group')}, of which less was left undone`,
  changes: (policy, shown, all) =>
    shown < all ? `${policy}: the last ${whole(shown)} of ${many(all, 'change')}` : `${policy}: ${many(all, 'change')}`,
  action: ({ atMs, to, why }) => `${span(atMs)}: ${scaledInEnglish(to)}${why ? `, because ${whyInEnglish(why)}` : ''}`,
};

export const elasticityChinese: ElasticityWords = {
  heading: '供给如何跟随需求',
  columns: [
    '策略',
    '伸缩方式',
    '机器数',
    '未满足的需求',
    '不足（时间占比）',
    '过剩（时间占比）',
    '调整次数',
    '机器·小时',
    '费用',
  ],
  scalers: { ElasticPolicy: 'ElasticPolicy', HorizontalPodAutoscaler: 'HPA', none: '固定数量' },
  of: (policy, what) => `${policy}：${what}`,
  series: { needed: '所需', serving: '服务中' },
  note:
    '机器数为所要求的最少、平均和最多。“所需”是所有机器都满负荷时恰好能承担需求的机器数。“未满足的需求”是没有机器能够承担的那部分需求所占的比例。' +
    '“不足”与“过剩”是缺少的机器和超出所需的机器，以所需机器数的平均比例表示（θ_U 与 θ_O）。' +
    '费用按所申请的处理器分摊主机与能源的费用。',
  chart: (group) => `${group}：机器数`,
  others: (count) => `另有 ${whole(count)} 个组，未满足的需求更少`,
  changes: (policy, shown, all) =>
    shown < all
      ? `${policy}：共 ${whole(all)} 次调整，以下为最后 ${whole(shown)} 次`
      : `${policy}：共 ${whole(all)} 次调整`,
  action: ({ atMs, to, why }) =>
    `${spanChinese(atMs)}：${scaledChinese(to)}${why ? `，原因：${reasonChinese(why)}` : ''}`,
};

/** One row of the table: how a group fared under a policy. */
export function rowOfElasticity(
  policy: string,
  found: GroupElasticity,
  currency: string,
  { scalers }: ElasticityWords,
): readonly string[] {
  return [
    policy,
    scalers[found.scaler],
    `${whole(found.least)} – ${found.mean.toFixed(1)} – ${whole(found.most)}`,
    percent(found.unserved, 3),
    `${percent(found.under, 2)} (${percent(found.timeUnder)})`,
    `${percent(found.over)} (${percent(found.timeOver)})`,
    whole(found.actionCount),
    whole(found.machineHours),
    money(found.cost, currency),
  ];
}

import { spanIn } from '../figures.ts';

/** `2 天 6 小时`, `6 小时 30 分钟`, `65 秒`. */
export const spanChinese = (ms: number): string => spanIn(ms, { d: '天', h: '小时', min: '分钟', s: '秒' });

/** Amounts as the API writes them: `1.5 cores`. */
export const amountChinese = (amount: string): string => amount.replace(/^([\d.]+) cores?$/, '$1 核');

/** `a, b and c` as `a、b、c`. */
export const listChinese = (text: string): string => text.replaceAll(/, | and /g, '、');

const RESOURCES: Readonly<Record<string, string>> = {
  cpu: '处理器',
  memory: '内存',
  pods: '机器数',
  resources: '资源',
  'ephemeral-storage': '临时存储',
  'whole GPUs': '整块 GPU',
  'whole cores': '可独占的整核',
  'whole cores of one NUMA node': '同一 NUMA 节点内可独占的整核',
};

/** A resource, by the name that it has in specs, or by what it is. */
export const resourceChinese = (name: string): string =>
  RESOURCES[name] ?? name.replace(/^(.*) of one GPU$/, '单块 GPU 的 $1');

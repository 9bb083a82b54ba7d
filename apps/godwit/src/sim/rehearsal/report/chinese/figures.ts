import { inWords, type Resource, readableAmount, readableAtLeast, unitOf, type WordsOf } from '@godwit/planner';
import { spanIn } from '../figures.ts';

/** `2 天 6 小时`, `6 小时 30 分钟`, `65 秒`. */
export const spanChinese = (ms: number): string => spanIn(ms, { d: '天', h: '小时', min: '分钟', s: '秒' });

export const coresChinese = (cores: number): string => `${cores} 核`;

/** `2 GiB`, `1.5 核`. */
export const amountChinese = (resource: Resource, amount: number): string =>
  readableAmount(unitOf(resource), amount, coresChinese);

/** The same, rounded up. */
export const atLeastChinese = (resource: Resource, amount: number): string =>
  readableAtLeast(unitOf(resource), amount, coresChinese);

/** `2 核处理器`, `2 GiB 内存`. */
export function amountOfChinese(resource: Resource, amount: number): string {
  const told = atLeastChinese(resource, amount);
  return `${told}${/[a-zA-Z0-9]$/.test(told) ? ' ' : ''}${resourceChinese(resource)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  cpu: '处理器',
  memory: '内存',
  pods: '机器数',
  'ephemeral-storage': '临时存储',
};

const RESOURCES: WordsOf<Resource> = {
  named: ({ name }) => NAMES[name] ?? name,
  'of-one-gpu': ({ name }) => `单块 GPU 的 ${name}`,
  'whole-gpus': () => '整块 GPU',
  'whole-cores': () => '可独占的整核',
  'whole-cores-of-one-node': () => '同一 NUMA 节点内可独占的整核',
};

export const resourceChinese = (resource: Resource): string => inWords(resource, RESOURCES);

/** `a、b、c`. */
export const listChinese = (names: readonly string[]): string => names.join('、');

/** A space between Chinese and what is not. */
export const gap = (text: string): string => (/^[ -~]/.test(text) ? ` ${text}` : text);

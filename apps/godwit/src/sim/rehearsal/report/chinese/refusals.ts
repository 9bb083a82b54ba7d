import { amountChinese, resourceChinese } from './figures.ts';
import { REMEDIES } from './remedies.ts';
import { type Rule, translate } from './translate.ts';

/** `0/3 nodes are available: 1 Insufficient memory (…), 2 node(s) ….`, and what would make the machine fit. */
const MESSAGE = /^\d+\/(\d+) nodes are available(?:: (.*?))?\.(?: It would fit if you (.*)\.)?$/;
const SHORTAGE = /^(\d+) (.*?)(?: \(needs (.*?), has (at most )?(.*?) free\))?$/;

/** What is said of so many hosts. */
const OBSTACLES: readonly Rule[] = [
  [/^node\(s\) were not ready$/, '未就绪'],
  [/^node\(s\) were asleep$/, '处于休眠'],
  [/^node\(s\) were unschedulable$/, '不接受新机器'],
  [/^node\(s\) were available$/, '可用'],
  [/^Too many pods$/, '机器数已满'],
  [/^Insufficient (.+)$/, (resource) => `${resourceChinese(resource)}不足`],
  [/^node\(s\) were those of other tenants$/, '属于其他租户'],
  [/^node\(s\) where host port (\S+) is taken$/, (port) => `主机端口 ${port} 已被占用`],
  [/^node\(s\) where a port is taken$/, '主机端口已被占用'],
  [/^node\(s\) didn't match Pod's node affinity\/selector$/, '不符合节点选择条件'],
  [/^node\(s\) had another architecture than (\S+)$/, (architecture) => `处理器架构不是 ${architecture}`],
  [/^node\(s\) had untolerated taint (.*)$/, (taint) => `带有不被容忍的污点 ${taint}`.trim()],
  [/^node\(s\) had volume node affinity conflict$/, '无法访问所需的卷'],
  [/^node\(s\) didn't match pod affinity rules$/, '不满足机器亲和规则'],
  [/^node\(s\) didn't match pod anti-affinity rules$/, '不满足机器反亲和规则'],
  [/^node\(s\) didn't satisfy existing pods anti-affinity rules$/, '不满足现有机器的反亲和规则'],
  [/^node\(s\) didn't match pod topology spread constraints$/, '不满足拓扑分布约束'],
  [
    /^node\(s\) didn't match pod (?:topology spread constraints|affinity rules) \(missing required label (.*)\)$/,
    (labels) => `缺少所需的位置标签 ${labels}`,
  ],
];

/** Between steps, but not between the names of which one speaks. */
const NEXT_STEP =
  / and (?=(?:add|allow|ask|bring|do not|free|give|move|remove|start|stop|take|tolerate|uncordon|use|wake) )/;

/** Why a machine has no host, and what would help. What no rule knows stays as it is. */
export function refusalChinese(text: string): string {
  const [, hosts, obstacles, remedies] = MESSAGE.exec(text) ?? [];
  if (hosts === undefined) return text;
  const found = obstacles === undefined ? [] : obstacles.split(/, (?=\d+ \D)/).map(obstacleChinese);
  const help = remedies === undefined ? '' : remediesChinese(remedies);
  return `${hosts} 台主机均不可用${found.length > 0 ? `：${found.join('，')}` : ''}。${help}`;
}

function obstacleChinese(text: string): string {
  const [, count = '', words = '', needs, most, has = ''] = SHORTAGE.exec(text) ?? [];
  const known = translate(words, OBSTACLES);
  if (known === undefined) return text;
  const amounts =
    needs === undefined
      ? ''
      : `（需要 ${amountChinese(needs)}，${most === undefined ? '' : '最多'}剩余 ${amountChinese(has)}）`;
  return `${count} 台${known}${amounts}`;
}

function remediesChinese(text: string): string {
  const step = (each: string) => translate(each, REMEDIES)?.trim() ?? each;
  const choice = (each: string) => each.split(NEXT_STEP).map(step).join('，并且');
  const remedy = (each: string) => each.split(', or ').map(choice).join('，或者');
  return `可行的办法：${text.split('; or if you ').map(remedy).join('；或者')}。`;
}

import { amountChinese, listChinese, resourceChinese } from './figures.ts';
import { type Rule, translate } from './translate.ts';

/** Several hosts of which one is enough, or one. */
function hostsChinese(hosts: string): string {
  const several = /^any of (\d+) hosts \((.*)\)$/.exec(hosts);
  return several ? `任意一台主机（共 ${several[1]} 台：${listChinese(several[2] ?? '')}）` : ` ${hosts} `;
}

/** `pod/a and vm/b of namespace bank`, `4 machines (pod/a, pod/b, …)`, `7 machines with app=db in z1`. */
function machinesChinese(machines: string): string {
  const [, count, names = machines] = /^(\d+) machines \((.*)\)$/.exec(machines) ?? [];
  const counted = names.replaceAll(
    /(\d+) machines?(?: with (.+?))? in (\S+?)(?=,| and |$)/g,
    (_, many: string, meant: string | undefined, place: string) =>
      `${place} 中${meant === undefined ? '' : ` ${meantChinese(meant)} `}的 ${many} 台机器`,
  );
  const told = listChinese(counted.replaceAll(/(\S+) of namespace ([^\s,]+)/g, '命名空间 $2 的 $1'));
  return count === undefined ? told : `${count} 台机器（${told}）`;
}

/** What is meant by a selector. */
const meantChinese = (text: string): string =>
  listChinese(
    text
      .replaceAll(/\ba machine with any labels/g, '任意机器')
      .replaceAll(/\ba machine with /g, '')
      .replaceAll('any labels', '任意机器'),
  )
    .replaceAll(' of the namespaces that it selects', '（在它所选的命名空间中）')
    .replaceAll(/ of namespace (\S+)/g, '（命名空间 $1）');

const labelsChinese = (labels: string): string =>
  listChinese(labels.replaceAll(' with a value of its own', '（取一个独有的值）'));

/** What a machine is to ask for less of. */
const LESS: readonly Rule[] = [
  [/^other hosts$/, '改为申请其他主机'],
  [/^no (.+)$/, (resource) => `不申请 ${resourceChinese(resource)}`],
  [/^(.+?) less (.+)$/, (amount, resource) => `少申请 ${amountOf(amount, resource)}`],
];

/** What a host has to be like. */
const TRAITS: readonly Rule[] = [
  [/^the labels? (.+)$/, (labels) => `标签 ${labelsChinese(labels)}`],
  [/^no tenant of its own$/, '不属于任何租户'],
  [/^(\S+) processors$/, (architecture) => `${architecture} 处理器`],
  [/^(.+) \(where the volume of claim (.+) is\)$/, (where, claims) => `${where}（${claims} 的卷所在）`],
];

/** One thing that somebody could do, or a step of it. */
export const REMEDIES: readonly Rule[] = [
  [/^ask for (.+)$/, (wishes) => eachOf(wishes, LESS)],
  [/^add a larger host$/, '增加更大的主机'],
  [/^add a host with (.+)$/, (traits) => `增加主机：${translate(traits, TRAITS) ?? resourceChinese(traits)}`],
  [
    /^free (.+?) more (.+) on (.+)$/,
    (amount, resource, host) => `在${hostsChinese(host)}上再腾出 ${amountOf(amount, resource)}`,
  ],
  [/^take (\d+) machines? off (.+)$/, (count, host) => `从${hostsChinese(host)}移走 ${count} 台机器`],
  [/^move (.+) to (\S+)$/, (machine, host) => `把 ${machinesChinese(machine)} 移到 ${host}`],
  [/^move (.+) off (\S+)$/, (machines, host) => `把 ${machinesChinese(machines)} 从 ${host} 移走`],
  [/^bring (.+) back$/, (host) => `恢复${hostsChinese(host)}`],
  [/^wake (.+)$/, (host) => `唤醒${hostsChinese(host)}`],
  [/^uncordon (.+)$/, (host) => `让${hostsChinese(host)}重新接受机器`],
  [/^remove the taints? (.+) from (\S+)$/, (taints, host) => `去掉 ${host} 的污点 ${listChinese(taints)}`],
  [/^tolerate (.+)$/, (taints) => `容忍 ${listChinese(taints)}`],
  [/^give (\S+) the labels? (.+)$/, (host, labels) => `给 ${host} 加上标签 ${labelsChinese(labels)}`],
  [/^take the labels? (.+) from (\S+)$/, (labels, host) => `去掉 ${host} 的标签 ${labelsChinese(labels)}`],
  [/^take (?:another host port|other host ports) than (.+)$/, (ports) => `改用 ${listChinese(ports)} 以外的主机端口`],
  [/^use another volume than that of claim (.+)$/, (claims) => `改用 ${listChinese(claims)} 以外的卷`],
  [
    /^start (.+) on (\S+) or elsewhere in (.+)$/,
    (machines, host, place) => `在 ${host} 或 ${place} 的其他主机上启动 ${meantChinese(machines)} 的机器`,
  ],
  [/^start (.+) on (\S+)$/, (machines, host) => `在 ${host} 上启动 ${meantChinese(machines)} 的机器`],
  [
    /^do not ask to be near (.+), which it must be far from as well$/,
    (meant) => `不要求靠近 ${meantChinese(meant)}，因为它同时必须远离`,
  ],
  [/^do not ask to be near (.+)$/, (meant) => `不要求靠近 ${meantChinese(meant)}`],
  [/^do not ask to be far from (.+)$/, (machines) => `不要求远离 ${machinesChinese(machines)}`],
  [/^stop (.+), which it must be far from$/, (machines) => `停止它必须远离的 ${machinesChinese(machines)}`],
  [/^stop (.+), which keeps? it away$/, (machines) => `停止使它无法进入的 ${machinesChinese(machines)}`],
  [
    /^stop (\d+ machines? with .+ in .+)$/,
    (takes) =>
      `停止 ${listChinese(takes.replaceAll(/(\d+) machines? with (.+?) in ([^\s,]+)/g, '$3 中 $2 的 $1 台机器'))}`,
  ],
  [/^stop (.+)$/, (machines) => `停止 ${machinesChinese(machines)}`],
  [
    /^allow (.+)$/,
    (skews) =>
      `允许 ${listChinese(skews.replaceAll(/a maxSkew of (\d+) over (\S+?)(?=,| |$)/g, '$2 的 maxSkew 为 $1'))}`,
  ],
  [
    /^take the affinity from one of them: (.+) wait for each other, since each must be near another first$/,
    (names) =>
      `去掉其中一台的亲和要求：${machinesChinese(names.replace(/^it\b/, '它'))} 互相等待，每台都要先靠近另一台`,
  ],
];

const eachOf = (text: string, rules: readonly Rule[]): string =>
  text
    .split(/, | and /)
    .map((part) => translate(part, rules) ?? part)
    .join('、');

/** `2 核处理器`, `2 GiB 内存`. */
function amountOf(amount: string, resource: string): string {
  const told = amountChinese(amount);
  return `${told}${/[a-zA-Z0-9]$/.test(told) ? ' ' : ''}${resourceChinese(resource)}`;
}

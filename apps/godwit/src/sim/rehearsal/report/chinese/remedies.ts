import {
  type Act,
  type CountedMachines,
  inWords,
  type LabelRule,
  type MachineName,
  type Meant,
  type Remedy,
  type Some,
  type Trait,
  type Wish,
  type WordsOf,
} from '@godwit/planner';
import { amountOfChinese, atLeastChinese, gap, listChinese, resourceChinese } from './figures.ts';

/** What would make a machine fit: ways of which each is enough. */
export const remedyChinese = (remedy: Remedy): string =>
  remedy.map((way) => way.map((act) => inWords(act, ACTS).trim()).join('，并且')).join('，或者');

const ACTS: WordsOf<Act> = {
  ask: ({ wishes }) => listChinese(wishes.map((wish) => inWords(wish, WISHES))),
  'add-larger-host': () => '增加更大的主机',
  'add-host': ({ traits }) => `增加主机：${listChinese(traits.map((trait) => inWords(trait, TRAITS)))}`,
  free: ({ resource, amount, on }) => `在${anyHost(on)}上再腾出 ${amountOfChinese(resource, amount)}`,
  'take-off': ({ count, from }) => `从${anyHost(from)}移走 ${count} 台机器`,
  'bring-back': ({ host }) => `恢复${anyHost(host)}`,
  wake: ({ host }) => `唤醒${anyHost(host)}`,
  uncordon: ({ host }) => `让${anyHost(host)}重新接受机器`,
  move: ({ machine, to }) => `把${gap(named(machine))} 移到 ${to}`,
  'move-off': ({ machines, host }) => `把${gap(someNamed(machines))} 从 ${host} 移走`,
  'remove-taints': ({ taints, host }) => `去掉 ${host} 的污点 ${listChinese(taints)}`,
  tolerate: ({ taints }) => `容忍 ${listChinese(taints)}`,
  'give-labels': ({ host, labels }) =>
    `给 ${host} 加上标签 ${listChinese(
      labels.map(
        ({ key, value, ownValue }) =>
          `${key}${value === undefined ? '' : `=${value}`}${ownValue ? '（取一个独有的值）' : ''}`,
      ),
    )}`,
  'take-labels': ({ host, labels }) => `去掉 ${host} 的标签 ${listChinese(labels)}`,
  'other-ports': ({ ports }) => `改用 ${listChinese(ports)} 以外的主机端口`,
  'other-volume': ({ claims }) => `改用 ${listChinese(claims)} 以外的卷`,
  start: ({ machines, host, orIn }) => {
    const where = orIn === undefined ? host : `${host} 或 ${orIn} 的其他主机`;
    return `在 ${where} 上启动${gap(meant(machines))} 的机器`;
  },
  'not-near': ({ meant: who, farAsWell }) => `不要求靠近${gap(meant(who))}${farAsWell ? '，因为它同时必须远离' : ''}`,
  'not-far': ({ meant: who }) => `不要求远离${gap(meant(who))}`,
  stop: ({ machines, counted, since }) => {
    const who = listChinese([...(machines.count > 0 ? [someNamed(machines)] : []), ...counted.map(countedMachines)]);
    return `停止${since === undefined ? '' : SINCE[since]}${gap(who)}`;
  },
  'allow-skew': ({ skews }) =>
    `允许 ${listChinese(skews.map(({ maxSkew, topologyKey }) => `${topologyKey} 的 maxSkew 为 ${maxSkew}`))}`,
  'break-circle': ({ others }) =>
    `去掉其中一台的亲和要求：${listChinese(['它', ...others.map(named)])} 互相等待，每台都要先靠近另一台`,
};

const SINCE: Readonly<Record<NonNullable<Extract<Act, { is: 'stop' }>['since']>, string>> = {
  'keep-away': '使它无法进入的',
  'must-be-far': '它必须远离的',
};

const WISHES: WordsOf<Wish> = {
  less: ({ resource, amount }) => `少申请 ${amountOfChinese(resource, amount)}`,
  none: ({ resource }) => `不申请 ${resourceChinese(resource)}`,
  'other-hosts': () => '改为申请其他主机',
};

const TRAITS: WordsOf<Trait> = {
  amount: ({ resource, amount }) =>
    `${amount === undefined ? '' : `${atLeastChinese(resource, amount)} `}${resourceChinese(resource)}`,
  labels: ({ anyOf }) => `标签 ${alternatives(anyOf)}`,
  architecture: ({ wanted }) => `${wanted} 处理器`,
  volume: ({ reaches, claims }) =>
    `${listChinese([...new Set(reaches.map(alternatives))])}（${listChinese(claims)} 的卷所在）`,
  'no-tenant': () => '不属于任何租户',
};

const meant = (all: readonly Meant[]): string => listChinese(all.map(meantChinese));

function meantChinese({ labels, namespaces }: Meant): string {
  const what = labels.length > 0 ? listChinese(labels.map(labelRule)) : '任意机器';
  if (namespaces === undefined) return what;
  return `${what}${namespaces === 'selected' ? '（在它所选的命名空间中）' : `（命名空间 ${listChinese(namespaces)}）`}`;
}

const alternatives = (anyOf: readonly (readonly LabelRule[])[]): string =>
  [...new Set(anyOf.map((rules) => listChinese(rules.map(labelRule))))].join(' 或 ');

const labelRule = (rule: LabelRule): string => LABEL_RULES[rule.operator](rule.key, rule.values ?? []);

const LABEL_RULES: Readonly<Record<LabelRule['operator'], (key: string, values: readonly string[]) => string>> = {
  In: (key, values) => (values.length === 1 ? `${key}=${values[0]}` : `${key} 属于（${listChinese(values)}）`),
  NotIn: (key, values) => `${key} 不属于（${listChinese(values)}）`,
  Exists: (key) => key,
  DoesNotExist: (key) => `没有 ${key}`,
  Gt: (key, [least]) => `${key} > ${least}`,
  Lt: (key, [most]) => `${key} < ${most}`,
};

const named = ({ kind, name, namespace }: MachineName): string =>
  `${namespace === undefined ? '' : `命名空间 ${namespace} 的 `}${kind}/${name}`;

function someNamed({ count, first }: Some<MachineName>): string {
  const names = first.map(named);
  return count <= first.length ? listChinese(names) : `${count} 台机器（${listChinese([...names, '…'])}）`;
}

const countedMachines = ({ count, meant: who, place }: CountedMachines): string =>
  `${place} 中${who ? ` ${meantChinese(who)} ` : ''}的 ${count} 台机器`;

/** Several hosts of which one is enough, or one. */
function anyHost({ count, first }: Some<string>): string {
  if (count === 1) return ` ${first[0] ?? ''} `;
  const more = count > first.length ? ['…'] : [];
  return `任意一台主机（共 ${count} 台：${listChinese([...first, ...more])}）`;
}

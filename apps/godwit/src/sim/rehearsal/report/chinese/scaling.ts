import { type Rule, translate } from './translate.ts';

const SHAPE: readonly Rule[] = [
  [/^(\d+) machines?$/, (count) => `${count} 台机器`],
  [/^cpu (.*)$/, (amount) => `处理器 ${amount}`],
  [/^memory (.*)$/, (amount) => `内存 ${amount}`],
];

const LIMITS: readonly Rule[] = [
  [/^the number may not grow any faster$/, '增长速度受限'],
  [/^the number may not shrink any faster$/, '缩减速度受限'],
  [/^more are wanted than maxReplicas allows$/, '超过上限'],
  [/^fewer are wanted than minReplicas allows$/, '低于下限'],
];

/** Why something else is done than was asked for. */
const HELD: readonly Rule[] = [
  [/^ now, since it may not grow any faster$/, '，因为增长速度受限'],
  [/^ now, since it may not shrink any faster$/, '，因为缩减速度受限'],
  [/^, since no more is allowed$/, '，因为已到上限'],
  [/^, since no less is allowed$/, '，因为已到下限'],
  [/^ for now, since less was asked for a short while ago$/, '，因为不久前的要求更少'],
  [/^ for now, since more was asked for a short while ago$/, '，因为不久前的要求更多'],
  [/^ until nothing was asked for long enough$/, '，直到足够久没有要求为止'],
];

/** So much of what is scaled. */
const AMOUNTS: readonly Rule[] = [
  [/^([\d.]+) machines?$/, (count) => `${count} 台机器`],
  [/^([\d.]+) cores?$/, (count) => `${count} 核`],
  [/^(.+) of memory$/, (amount) => `${amount} 内存`],
];

const amountChinese = (text: string): string => translate(text, AMOUNTS) ?? text;

const SENTENCES: readonly Rule[] = [
  [/^no metric could be told for too long$/, '太久没有任何指标'],
  [/^no metric can be told, so that nothing changes$/, '没有任何指标，因此保持不变'],
  [/^there were more than maxReplicas \((\d+)\)$/, (count) => `数量超过 maxReplicas（${count}）`],
  [/^there were fewer than minReplicas \((\d+)\)$/, (count) => `数量少于 minReplicas（${count}）`],
  [/^(.+?) asks for (\d+)$/, (metric, count) => `${metric} 要求 ${count} 台机器`],
  [
    /^(.+?) asks for (\d+); (.*)$/,
    (metric, count, limit) => `${metric} 要求 ${count} 台机器：${translate(limit, LIMITS) ?? limit}`,
  ],
];

/** What a group was scaled to: `3 machines, cpu 2`. */
export const scaledToChinese = (to: string): string =>
  to
    .split(', ')
    .map((part) => translate(part, SHAPE) ?? part)
    .join('，');

/** Why; what no rule knows stays as it is. */
export function scalingChinese(why: string): string {
  const [, body = why, schedule, lost] = /^(.*?)(?: \(schedule ([^)]*)\))?(?:; not known: (.*))?$/.exec(why) ?? [];
  const during = schedule === undefined ? '' : `（计划 ${schedule}）`;
  const missing = lost === undefined ? '' : `；未知：${lost}`;
  const parts = body.split(/, and (?!more that is foretold)/).map(partChinese);
  return parts.includes(undefined) ? why : parts.join('；') + during + missing;
}

const PART =
  /^(\S+)(?: (?:at|of) (.+?))??(?: against a goal of (.+?)( each)?|, to be between (.+?) and (.+?)( each)?,|, between (.+?) \((.+?)\) and (.+?) \((.+?)\),)? asks? for ([^;(]+?)(?: \((.*?)\))?(?:; it (gets|keeps) ([\d.]+ [a-zA-Z]+(?: of memory)?)(.*))?$/;

/** `requests of 441/s against a goal of 100/s each ask for 5 machines (cpu for 3 machines); it gets …`. */
function partChinese(text: string): string | undefined {
  const [
    whole,
    name,
    value,
    goal,
    goalEach,
    least,
    most,
    bandEach,
    low,
    base,
    high,
    top,
    wanted = '',
    others,
    verb,
    got = '',
    held = '',
  ] = PART.exec(text) ?? [];
  if (whole === undefined || /^\d+$/.test(wanted)) return translate(text, SENTENCES);
  const foretold = value?.endsWith(', and more that is foretold,') === true;
  const now = value?.replace(/, and more that is foretold,$/, '');
  const each = (goalEach ?? bandEach) === undefined ? '' : '每台';
  const told = [
    `${name}${now === undefined ? '' : ` 为 ${now}`}${foretold ? '（预测更多）' : ''}`,
    ...(goal === undefined ? [] : [`目标${each} ${goal}`]),
    ...(least === undefined ? [] : [`应${each}在 ${least} 与 ${most} 之间`]),
    ...(low === undefined ? [] : [`介于 ${low}（${base}）与 ${high}（${top}）之间`]),
    `要求 ${amountChinese(wanted)}${others === undefined ? '' : `（${othersChinese(others)}）`}`,
    ...(verb === undefined
      ? []
      : [`${verb === 'gets' ? '实得' : '保持'} ${amountChinese(got)}${translate(held, HELD) ?? held}`]),
  ];
  return told.join('，');
}

/** `cpu for 3 machines, jobs for 1 machine`. */
const othersChinese = (text: string): string =>
  text
    .split(', ')
    .map((each) =>
      each.replace(/^(\S+) for (.*)$/, (_, name: string, amount: string) => `${name} 要求 ${amountChinese(amount)}`),
    )
    .join('，');

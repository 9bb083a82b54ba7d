import { binaryQuantity, decimalQuantity } from '@godwit/kinds';
import { type Action, type ActionRecord, inWords, type NotChosen, type Scaled, type WordsOf } from '@godwit/planner';
import { gap } from './figures.ts';
import { reasonChinese } from './reasons.ts';

/** What was done and why, as `godwit why` tells it. */
export function doneChinese(record: ActionRecord): string {
  const { why, policy, score, next = [], no = [] } = record;
  const because = why ? `，因为${gap(reasonChinese(why))}` : '';
  const mark = score === undefined ? '' : `，${points(score)}`;
  const others = next.map(([name, value]) => `${name}（${points(value)}）`).join('、');
  const not = no.map(([name, reason]) => `未选 ${name}：${inWords(reason, NOT_CHOSEN)}。`).join('');
  return `${actionChinese(record)}${because}（策略 ${policy}${mark}）。${others === '' ? '' : `其次是 ${others}。`}${not}`;
}

const points = (score: number): string => `${Math.round(score * 100)} 分（满分 100）`;

function actionChinese(action: Action): string {
  switch (action.do) {
    case 'move':
      return action.anew ? `终止，并在 ${action.to} 上重新创建` : `迁移到 ${action.to}`;
    case 'power':
      return action.to === 'on' ? '开机' : '关机';
    case 'preempt':
      return `让位给 ${action.to}`;
    case 'scale':
      return `扩缩为${gap(scaledChinese(action.to))}`;
    case 'resize':
      return `规格调整为${gap(scaledChinese(action.to))}`;
  }
}

/** `3 台机器，处理器 2`. */
export function scaledChinese({ machines, cpu, memory }: Scaled): string {
  return [
    ...(machines === undefined ? [] : [`${machines} 台机器`]),
    ...(cpu === undefined ? [] : [`处理器 ${decimalQuantity(cpu / 1000)}`]),
    ...(memory === undefined ? [] : [`内存 ${binaryQuantity(Math.round(memory))}`]),
  ].join('，');
}

const NOT_CHOSEN: WordsOf<NotChosen> = {
  'more-would-leave': ({ machines }) => `那里需要有 ${machines} 台机器让位`,
};

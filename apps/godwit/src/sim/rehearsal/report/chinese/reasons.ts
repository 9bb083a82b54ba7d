import { type Rule, translate } from './translate.ts';

/** Why policies act, in the words that the API follows `because` with. */
const REASONS: readonly Rule[] = [
  [/^its host has less processor time than is needed$/, '所在主机的处理器时间不足'],
  [/^it must not be where it is$/, '它不应留在当前位置'],
  [/^its host can be emptied$/, '可以腾空所在主机'],
  [/^its host is loaded more than others$/, '所在主机的负载高于其他主机'],
  [/^a pod ends here, and another is made in its stead$/, '终止后重新创建'],
  [
    /^nothing runs on it, and neither the reserve nor the load that is forecast needs it$/,
    '没有机器在其上运行，预留和预测负载也不需要它',
  ],
  [/^the reserve does not hold without it$/, '没有它就无法满足预留'],
  [/^the load that is forecast needs it$/, '预测负载需要它'],
  [/^machines wait that have room there and nowhere else$/, '有机器在等待，而只有它有空间'],
  [/^machines are bound to it$/, '有机器已分配给它'],
  [/^the plan needs it for machines that must move$/, '迁移计划需要它'],
  [/^fewer hosts are on than the policy asks for$/, '开机主机少于策略要求'],
  [/^a plan asks for it$/, '计划要求如此'],
  [/^no policy switches it any more$/, '不再有策略开关它'],
  [/^it uses as much, with a margin$/, '按实际用量加余量'],
  [/^it is less important, and there was no other room$/, '它的优先级较低，而且没有其他空间'],
];

/** Several reasons, one after the other; what is not known stays as it is. */
export function reasonChinese(why: string): string {
  return why
    .split('; ')
    .map((part) => translate(part, REASONS) ?? part)
    .join('，');
}

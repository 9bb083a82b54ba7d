import type { ClaimWait, RoomNews, WhyWaiting } from '@godwit/controllers';
import { inWords, type Obstacle, type ToldObstacle, type WhyRefused, type WordsOf } from '@godwit/planner';
import { amountChinese, atLeastChinese, listChinese, resourceChinese } from './figures.ts';
import { remedyChinese } from './remedies.ts';

/** Why a machine waits. */
export const waitingChinese = (why: WhyWaiting): string => inWords(why, WAITING);

const WAITING: WordsOf<WhyWaiting> = {
  refused: ({ why, room }) => `${refusalChinese(why)}${room ? ROOM[room.is](room) : ''}`,
  'group-without-size': ({ group }) => `组 ${group} 的每个成员都要用注解写明组的大小，须为不小于 1 的整数。`,
  'group-incomplete': ({ group, missing, size }) => `组 ${group} 共有 ${size} 个成员，还在等待其中的 ${missing} 个。`,
  'group-refused': ({ group, needed, possible, next }) =>
    `组 ${group} 需要同时为 ${needed} 台机器找到主机，现在只够 ${possible} 台。` +
    (next ? `下一台：${refusalChinese(next)}` : ''),
  volumes: ({ hosts, why }) => `${hosts} 台主机均不可用：${inWords(why, CLAIMS)}。`,
};

const ROOM: Readonly<Record<RoomNews['is'], (news: RoomNews) => string>> = {
  'being-made': ({ host, machines }) => `正在 ${host} 上腾出空间：优先级较低的机器将离开（${listChinese(machines)}）。`,
  'kept-by-budgets': ({ host, machines }) =>
    `${host} 上优先级较低的机器本可让出空间（${listChinese(machines)}），但中断预算不允许它们离开。`,
};

const CLAIMS: WordsOf<ClaimWait> = {
  'not-found': ({ claim }) => `卷申领 ${claim} 不存在`,
  'being-deleted': ({ claim }) => `卷申领 ${claim} 正在删除`,
  lost: ({ claim }) => `卷申领 ${claim} 的卷已丢失`,
  'being-filled': ({ claim }) => `卷申领 ${claim} 正在写入内容`,
  'being-bound': ({ claim }) => `卷申领 ${claim} 正在绑定`,
  'none-free': ({ claim }) => `没有空闲的卷可供卷申领 ${claim} 使用`,
  unbound: ({ claim }) => `卷申领 ${claim} 还在等待它的卷`,
  'no-class': ({ claim }) => `卷申领 ${claim} 没有指定存储类，也没有默认存储类`,
  'waits-for-volume': ({ claim, volume }) => `卷申领 ${claim} 在等待卷 ${volume}`,
  'unknown-class': ({ claim, storageClass }) => `卷申领 ${claim} 指定的存储类 ${storageClass} 不存在`,
};

/** Why a machine has no host, and what would help. */
export function refusalChinese(why: WhyRefused): string {
  const { remedies } = why;
  const help = remedies.length === 0 ? '' : `可行的办法：${remedies.map(remedyChinese).join('；或者')}。`;
  return `${obstaclesChinese(why)}${help}`;
}

/** The same without what would help. */
export const obstaclesChinese = ({ hosts, obstacles }: WhyRefused): string =>
  `${hosts} 台主机均不可用${obstacles.length > 0 ? `：${obstacles.map(toldChinese).join('，')}` : ''}。`;

const toldChinese = ({ hosts, obstacle }: ToldObstacle): string => `${hosts} 台${inWords(obstacle, OBSTACLES)}`;

const OBSTACLES: WordsOf<Obstacle> = {
  isNotReady: () => '未就绪',
  isAsleep: () => '处于休眠',
  isUnschedulable: () => '不接受新机器',
  hasOtherTenant: () => '属于其他租户',
  selectorDoesNotMatch: () => '不符合节点选择条件',
  doesNotReachVolume: () => '无法访问所需的卷',
  hasNoFriends: () => '不满足机器亲和规则',
  hasFoes: () => '不满足机器反亲和规则',
  isKeptAway: () => '不满足现有机器的反亲和规则',
  wouldSpreadUnevenly: () => '不满足拓扑分布约束',
  portIsTaken: ({ port }) => `主机端口 ${port} 已被占用`,
  gpuIsTaken: ({ device }) => `第 ${device} 号 GPU 已被占用`,
  hasOtherArchitecture: ({ wanted }) => `处理器架构不是 ${wanted}`,
  hasTaint: ({ taint }) => `带有不被容忍的污点 ${taint}`,
  hasNoTopologyLabel: ({ labels }) => `缺少所需的位置标签 ${labels.join('、')}`,
  lacks: ({ resource, needed, free, atMost }) => {
    const isPods = resource.is === 'named' && resource.name === 'pods';
    const has = `${atMost ? '最多' : ''}剩余 ${amountChinese(resource, Math.max(0, free))}`;
    return `${isPods ? '机器数已满' : `${resourceChinese(resource)}不足`}（需要 ${atLeastChinese(resource, needed)}，${has}）`;
  },
};

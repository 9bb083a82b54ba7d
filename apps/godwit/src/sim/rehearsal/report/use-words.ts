import { whyInEnglish } from '@godwit/planner';
import type { Deed, DeedKind, DeedReason } from '../measure/index.ts';
import type { Run } from '../run/index.ts';
import { doneChinese, reasonChinese, spanChinese } from './chinese/index.ts';
import { many, span, whole } from './figures.ts';

/** What a report says of how hosts were used: moves, sleep, and why, in one language. */
export interface UseWords {
  readonly heading: string;
  /** Where a policy leaves to people what it plans. */
  readonly advises: string;
  /** Empty where nothing was moved. */
  readonly moves: (run: Run) => string;
  /** Empty where no host was switched. */
  readonly power: (run: Run) => string;
  readonly reason: (reason: DeedReason) => string;
  /** Over the latest of so many. */
  readonly deeds: (shown: number, all: number) => string;
  readonly deed: (deed: Deed) => string;
  readonly reserve: (run: Run, hosts: number) => string;
}

const GIB = 2 ** 30;

interface HostFigures {
  readonly mean: string;
  readonly least: number;
  readonly hosts: number;
}

function hostFigures({ samples }: Run): HostFigures {
  const counts = samples.map(({ hostsOn }) => hostsOn);
  const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  const hosts = samples.reduce((most, { hostsOn, hostsAsleep }) => Math.max(most, hostsOn + hostsAsleep), 0);
  return { mean: mean.toFixed(1), least: Math.min(...counts), hosts };
}

export const useEnglish: UseWords = {
  heading: 'Moves and power',
  advises: 'The policy only advises, here as live: say `mode: automatic` to see what would come of it.',
  moves: ({ carried: { machines, bytes, seconds, failed }, deeds: { counts } }) => {
    const pods = counts['pods moved'];
    const parts = [
      ...(machines > 0
        ? [
            `${many(machines, 'virtual machine was moved while it ran', 'virtual machines were moved while they ran')}: ${whole(bytes / GIB)} GiB of memory, ${span((1000 * seconds) / machines)}${machines === 1 ? '' : ' each'}.`,
          ]
        : []),
      ...(pods > 0
        ? [`${many(pods, 'pod was ended', 'pods were ended')}, and made anew where there was a better place.`]
        : []),
      ...(failed > 0 ? [`${many(failed, 'move')} did not arrive, as a host or the machine had gone.`] : []),
    ];
    return parts.join(' ');
  },
  power: (run) => {
    const { 'hosts woken': woken, 'hosts put to sleep': slept } = run.deeds.counts;
    if (woken + slept === 0) return '';
    const { mean, least, hosts } = hostFigures(run);
    return `Hosts were put to sleep ${many(slept, 'time')} and woken ${many(woken, 'time')}: of ${whole(hosts)}, ${mean} were on in the mean, and ${whole(least)} at least.`;
  },
  reason: ({ kind, why, count }) => `${whole(count)} × ${kindsEnglish[kind]}${why ? `: ${whyInEnglish(why)}` : ''}.`,
  deeds: (shown, all) =>
    shown < all ? `Decisions: the last ${whole(shown)} of ${whole(all)}` : `Decisions: ${whole(all)}`,
  deed: ({ atMs, subject, explanation }) =>
    `${atMs < 0 ? `${span(-atMs)} before the beginning` : span(atMs)}: ${subject}. ${explanation}`,
  reserve: ({ reserveLostMs: lost, reserveBrokenMs: broken, samples }, hosts) => {
    if (lost.length === 0) return `N+${hosts} was held at every moment.`;
    const first = `N+${hosts} was not held at ${whole(lost.length)} of ${many(samples.length, 'moment')}, first after ${span(lost[0] ?? 0)}.`;
    if (broken.length === lost.length) return first;
    const asleep = 'by the hosts that were on alone; once those asleep were woken it held';
    return broken.length === 0
      ? `${first} That is ${asleep}${lost.length === 1 ? '' : ' at each of them'}.`
      : `${first} At ${whole(lost.length - broken.length)} of these, that is ${asleep}.`;
  },
};

const kindsEnglish: Readonly<Record<DeedKind, string>> = {
  'machines moved': 'a virtual machine was moved',
  'pods moved': 'a pod was moved',
  'hosts woken': 'a host was woken',
  'hosts put to sleep': 'a host was put to sleep',
  'sizes changed': 'a size was changed',
};

export const useChinese: UseWords = {
  heading: '迁移与电源',
  advises: '该策略与在真实云中一样只提建议：设为 `mode: automatic` 才能看到执行的效果。',
  moves: ({ carried: { machines, bytes, seconds, failed }, deeds: { counts } }) => {
    const pods = counts['pods moved'];
    const parts = [
      ...(machines > 0
        ? [
            `有 ${whole(machines)} 次虚拟机热迁移：共传输内存 ${whole(bytes / GIB)} GiB，平均每次 ${spanChinese((1000 * seconds) / machines)}。`,
          ]
        : []),
      ...(pods > 0 ? [`有 ${whole(pods)} 个 Pod 被终止，并在更合适的位置重新创建。`] : []),
      ...(failed > 0 ? [`有 ${whole(failed)} 次迁移未能到达，因为主机或机器已不在。`] : []),
    ];
    return parts.join('');
  },
  power: (run) => {
    const { 'hosts woken': woken, 'hosts put to sleep': slept } = run.deeds.counts;
    if (woken + slept === 0) return '';
    const { mean, least, hosts } = hostFigures(run);
    return `主机休眠 ${whole(slept)} 次，唤醒 ${whole(woken)} 次：${whole(hosts)} 台中平均有 ${mean} 台开机，最少 ${whole(least)} 台。`;
  },
  reason: ({ kind, why, count }) => `${kindsChinese[kind]} ${whole(count)} 次${why ? `：${reasonChinese(why)}` : ''}。`,
  deeds: (shown, all) => (shown < all ? `决策：${whole(all)} 条中最近的 ${whole(shown)} 条` : `决策：${whole(all)} 条`),
  deed: ({ atMs, subject, record }) =>
    `${atMs < 0 ? `开始前 ${spanChinese(-atMs)}` : spanChinese(atMs)}：${subject} ${doneChinese(record)}`,
  reserve: ({ reserveLostMs: lost, reserveBrokenMs: broken, samples }, hosts) => {
    if (lost.length === 0) return `任何时刻都满足 N+${hosts}。`;
    const first = `在 ${whole(samples.length)} 个时刻中有 ${whole(lost.length)} 个不满足 N+${hosts}，首次出现在 ${spanChinese(lost[0] ?? 0)}之后。`;
    if (broken.length === lost.length) return first;
    return `${first}其中 ${whole(lost.length - broken.length)} 个时刻只是开机的主机不足，唤醒休眠的主机后即可满足。`;
  },
};

const kindsChinese: Readonly<Record<DeedKind, string>> = {
  'machines moved': '迁移虚拟机',
  'pods moved': '迁移 Pod',
  'hosts woken': '唤醒主机',
  'hosts put to sleep': '休眠主机',
  'sizes changed': '调整规格',
};

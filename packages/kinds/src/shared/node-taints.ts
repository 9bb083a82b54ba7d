import type { Node } from '../node.ts';

/** On a node that is not heard of any more: takes nothing new, and what runs there is moved in time. */
export const unreachableTaint = 'node.kubernetes.io/unreachable';

/**
 * Somebody has made sure that nothing runs on the node any more: the person or program that switched it off. As in
 * Kubernetes (non-graceful node shutdown); only then may its machines be started elsewhere.
 */
export const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

export function isOutOfService({ spec }: Node): boolean {
  return spec?.taints?.some(({ key }) => key === outOfServiceTaint) ?? false;
}

/**
 * On a node that was switched off because nothing needs it: it takes no machines, is not missed, and can be woken. Its
 * value says how far it is: `asleep`, or `waking` from when it was told to wake until its agent says that it is ready.
 */
export const asleepTaint = 'godwit.dev/asleep';

export const sleeps = ['asleep', 'waking'] as const;
export type Sleep = (typeof sleeps)[number];

/** How far a node is that sleeps; undefined for one that does not. */
export function sleepOf({ spec }: Node): Sleep | undefined {
  const taint = spec?.taints?.find(({ key }) => key === asleepTaint);
  return taint && (taint.value === 'waking' ? 'waking' : 'asleep');
}

type Taints = NonNullable<NonNullable<Node['spec']>['taints']>;

/** The taints of a node from now on. @param sleep undefined when it is up again */
export function withSleep(taints: Taints | undefined, sleep: Sleep | undefined): Taints {
  const others = (taints ?? []).filter(({ key }) => key !== asleepTaint);
  return sleep === undefined ? others : [...others, { key: asleepTaint, value: sleep, effect: 'NoSchedule' }];
}

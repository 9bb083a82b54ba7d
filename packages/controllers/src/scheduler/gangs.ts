import type { Machine } from './schedulable-machine.ts';
import type { WhyWaiting } from './why-waiting.ts';

/**
 * Machines that only make sense together: all of them get a host, or none does. A label names the group and an
 * annotation says how many it has, on each of its members. The names are Kueue's, which needs no further object.
 */
export const gangLabel = 'kueue.x-k8s.io/pod-group-name';
export const gangSizeAnnotation = 'kueue.x-k8s.io/pod-group-total-count';

/** A group as one of its members tells it. */
export interface Gang {
  /** `namespace/name`. */
  readonly key: string;
  readonly name: string;
  /** How many there must be; undefined where the member does not say it rightly. */
  readonly size: number | undefined;
}

/** The group of a machine; undefined for one that stands for itself. */
export function gangOf({ metadata }: Machine): Gang | undefined {
  const name = metadata.labels?.[gangLabel];
  if (!name) return undefined;
  const text = metadata.annotations?.[gangSizeAnnotation] ?? '';
  const size = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
  return { key: `${metadata.namespace}/${name}`, name, size };
}

/** What is in the way of a group, before any host is looked at; undefined when it can be placed. */
export function gangFault(members: readonly Gang[], placed: number): WhyWaiting | undefined {
  const [{ name: group } = { name: '' }] = members;
  if (members.some(({ size }) => size === undefined)) return { is: 'group-without-size', group };
  const size = gangSize(members);
  const missing = size - members.length - placed;
  return missing > 0 ? { is: 'group-incomplete', group, missing, size } : undefined;
}

/** Where members disagree, the largest number holds: better to wait than to start in part. */
export function gangSize(members: readonly Gang[]): number {
  return Math.max(...members.map(({ size }) => size ?? 1));
}

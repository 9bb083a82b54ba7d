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

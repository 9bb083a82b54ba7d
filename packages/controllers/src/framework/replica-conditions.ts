import type { RoundFailure } from './brood.ts';

/** A condition of a set of machines. */
export interface ReplicaCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The conditions of a set of machines, one that is still true keeping its time and its first message. */
export function replicaConditions(
  before: readonly ReplicaCondition[] = [],
  facts: { readonly failure?: RoundFailure | undefined; readonly paused: boolean },
  now: string,
): readonly ReplicaCondition[] {
  const wanted = [
    ...(facts.failure ? [{ type: 'ReplicaFailure', ...facts.failure }] : []),
    ...(facts.paused ? [{ type: 'ReplicaPaused', reason: 'Paused', message: 'the set is paused' }] : []),
  ];
  return wanted.map((condition) => {
    const known = before.find(({ type, reason }) => type === condition.type && reason === condition.reason);
    return known ?? { ...condition, status: 'True' as const, lastTransitionTime: now };
  });
}

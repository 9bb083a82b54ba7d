export interface Condition {
  readonly type: string;
}

/** A pod's status with the condition that says it has a node. */
export function scheduled<Status extends { readonly conditions?: readonly Condition[] }>(
  status: Status | undefined,
  now: string,
): Partial<Status> & { readonly conditions: readonly Condition[] } {
  const others = (status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  return { ...(status as Partial<Status>), conditions: [...others, condition] };
}

import type { Container, Pod } from '@godwit/kinds';

/**
 * `init`: runs to its end before the next. `sidecar`: an init container that stays. `ephemeral`: added to
 * look around, never started again.
 */
export type ContainerType = 'init' | 'sidecar' | 'main' | 'ephemeral';

export interface PlannedContainer {
  readonly name: string;
  readonly type: ContainerType;
  readonly spec: Container;
}

const plans = new WeakMap<Pod, readonly PlannedContainer[]>();

/** The containers of a pod in the order in which they start. */
export function planOf(pod: Pod): readonly PlannedContainer[] {
  const known = plans.get(pod);
  if (known) return known;
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
  const plan: PlannedContainer[] = [
    ...initContainers.map((spec) => ({
      name: spec.name,
      type: spec.restartPolicy === 'Always' ? ('sidecar' as const) : ('init' as const),
      spec,
    })),
    ...containers.map((spec) => ({ name: spec.name, type: 'main' as const, spec })),
    ...ephemeralContainers.map((spec) => ({ name: spec.name, type: 'ephemeral' as const, spec })),
  ];
  plans.set(pod, plan);
  return plan;
}

export function gracePeriodSeconds(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}
